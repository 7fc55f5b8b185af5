"""Questions with choices: quizzes, which know what is right, and predictions, which a run will tell."""
