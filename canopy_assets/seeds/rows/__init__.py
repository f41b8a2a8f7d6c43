"""Files of rows: chats and worked exercises as other programs write them.

- `json_rows`, `csv_rows`: from a file's text to rows, each with its place.
- `shapes`: the table of the forms that a row can have, and what each means. `messages` reads the turns of a chat.
- `table`: the rows of a whole file: which kind they are, which can be used, and why the others cannot.
"""
