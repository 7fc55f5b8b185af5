"""What the requests of an application did, and who held the loop meanwhile: recorded, and told in many ways."""
