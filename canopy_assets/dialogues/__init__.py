"""From exercises to dialogues: plans say what happens in a dialogue, and a teacher puts them into words."""
