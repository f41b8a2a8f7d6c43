"""Documents to exercises: reading files, recognising exercises, verifying their answers."""
