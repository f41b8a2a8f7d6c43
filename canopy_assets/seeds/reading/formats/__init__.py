"""How each format becomes Markdown. These modules run in the separate process of `conversion` only."""
