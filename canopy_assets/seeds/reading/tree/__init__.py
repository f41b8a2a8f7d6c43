"""The document tree that pandoc makes of a file, and its printing as Markdown."""
