"""Gates that decide which dialogues may be trained on."""
