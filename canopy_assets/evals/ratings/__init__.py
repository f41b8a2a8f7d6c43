"""Tutor replies rated by people: what they are shown, where ratings are kept, and what follows from them."""
