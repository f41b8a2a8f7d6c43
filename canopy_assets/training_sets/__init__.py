"""From accepted dialogues to training examples in chat form: selection, split by exercise, provenance."""
