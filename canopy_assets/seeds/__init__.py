"""From files to exercises.

- `sensors`: where a file becomes a partition; `inbox` knows which files there are and what has changed.
- `reading.reader`: where a file's content is turned into text.
- `exercises.extraction`: from a document to its exercises. `exercises.prose` recognises them in prose,
  `exercises.gsm8k` reads worked ones, and in `exercises.proposals` a model proposes some.
- `exercises.verification`: where an answer is verified.
- `chats`: from existing chats to dialogues.
- `assets`, `checks`, `suites`: the assets of these steps, and what must hold of them.
"""
