"""Files of rows: chats and worked exercises as other programs write them.

- `json_rows`, `csv_rows`, `question_banks`: from a file's text to rows, each with its place.
- `transcripts`: from a document in which people talk to its chats.
- `dataset_files`: from Parquet, Arrow and folders of datasets to JSON Lines, in a separate process; `hub` adds datasets
  of the Hugging Face hub.
- `shapes`: the table of the forms that a row can have, and what each means. `messages` reads the turns of a chat.
- `table`: the rows of a whole file: which kind they are, which can be used, and why the others cannot.
"""
