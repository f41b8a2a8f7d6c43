"""Plans to dialogues: what happens in a tutoring dialogue, and the teacher that puts it into words."""
