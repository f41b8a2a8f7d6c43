"""From files to exercises.

- `sensors`: turns files into partitions; `inbox` knows which files there are and what has changed.
- `reading.reader`: turns a file's content into text. `rows`: the rows of files of chats and worked exercises.
- `exercises.extraction`: from a document to its exercises. `exercises.prose` finds them in prose,
  `exercises.gsm8k` reads worked ones, and in `exercises.proposals` a model proposes some.
- `exercises.verification`: verifies answers.
- `chats`: from existing chats to dialogues.
- `assets`, `checks`, `suites`: the assets of these steps, and the checks that they must pass.
"""
