"""Recognises the exercises of a prose document.

- `tokens`: the document's lines as headings, labelled lines, list items, table rows, text and blank lines.
- `labels`: reads labels; `scopes`: what a line says of several problems; `columns`: tells apart the items on one line;
  `wording`: how problems are worded.
- `finder`: goes over the tokens and decides what each is; `opening`: which list items are problems; `collector` puts it
  into an exercise's `draft`.
- `above`: what stands above a problem and belongs to it; `conditions`: which lines there may change answers;
  `key`: matches answer keys with the exercises.
- `lines`: what each line of the document is.
"""
