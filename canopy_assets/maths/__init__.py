"""Mathematics that the stages share: the only grammar, glyph table and table of number words.

From text to mathematics:
    expressions: an expression or relation in any notation to SymPy, safely, by the grammar of notation.
    numbers (with number_words), equations: those that prose mentions.
    step_numbers: the numbers of an author's worked steps.
    evaluation, answers: values, and whether two answers are the same.
From text to text:
    layout: an expression as a textbook prints it on a line, by the same grammar.
    latex: formulas in LaTeX on one line of plain text, or refused: by layout, where they are expressions.
    typography: LaTeX, Markdown and ASCII to what people read.
    canonical: one spelling, to compare texts by.
From mathematics to text:
    formatting: numbers and expressions as people write them.
All of them use the characters of glyphs.
"""
