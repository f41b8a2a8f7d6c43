"""The language of a document, and the instructions and numbers of other languages than English."""
