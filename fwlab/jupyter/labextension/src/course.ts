// What the course has, and how far a learner is: two files of theirs, put together. No kernel is needed for it.

/** A chapter as `notebooks/course.json` lists it. */
export interface Chapter {
  number: string;
  title: string;
  minutes: number;
  notebook: string;
  /** The headings, to be found by the search. */
  sections: string[];
  exercise: Exercise | null;
}

/** The exercise of a chapter; `points` are those of each task. */
export interface Exercise {
  name: string;
  notebook: string;
  points: Record<string, number>;
}

/** The part of `fwlab-progress.json` that is read here. */
export interface Progress {
  exercises?: Record<string, Record<string, { best?: { points: number } | null; checks?: number } | undefined>>;
}

export type State = 'not begun' | 'under way' | 'done';

/** A chapter with what the learner has reached in its exercise. */
export interface Row {
  chapter: Chapter;
  state: State;
  points: number;
  outOf: number;
}

/** Returns a row for each chapter. */
export function rowsOf(chapters: Chapter[], progress: Progress): Row[] {
  return chapters.map(chapter => {
    const tasks = chapter.exercise?.points ?? {};
    const records = progress.exercises?.[chapter.exercise?.name ?? ''] ?? {};
    let points = 0;
    let outOf = 0;
    let tried = false;
    for (const [task, possible] of Object.entries(tasks)) {
      const record = records[task];
      outOf += possible;
      points += Math.min(record?.best?.points ?? 0, possible);
      tried ||= (record?.checks ?? 0) > 0;
    }
    const done = outOf > 0 && points === outOf;
    return { chapter, points, outOf, state: done ? 'done' : tried ? 'under way' : 'not begun' };
  });
}

/** Returns how many minutes the chapters that are not done are said to take. */
export function minutesLeft(rows: Row[]): number {
  return rows.reduce((sum, row) => sum + (row.state === 'done' ? 0 : row.chapter.minutes), 0);
}

/** Returns the rows in whose number, title or headings every word of a question occurs. */
export function found(rows: Row[], question: string): Row[] {
  const words = question.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ chapter }) => {
    const text = [chapter.number, chapter.title, ...chapter.sections].join('\n').toLowerCase();
    return words.every(word => text.includes(word));
  });
}
