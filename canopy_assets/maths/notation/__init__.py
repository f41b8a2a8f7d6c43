"""Reads mathematics: LaTeX, Unicode, ASCII and programmers' notation by one lexer and one grammar.

`lexer` cuts a text into tokens that no longer know how they were typed: `²`, `^2`, `**2` and `^{2}` become the same,
and `names` says which letters are products, functions or words. `grammar.lark` has the expressions and relations that
tokens make. `parser` runs it with an action for each rule: `maths.expressions` builds SymPy objects, `maths.layout`
writes the expression as a textbook prints it.

What people read in different ways is refused, by the lexer or by the grammar: `1/2x` (but `1/2 x` is a half of x),
`6/2(1 + 2)`, `2^3^2`, `e^2x`, `√2x`, `sin x/2`, `2 5/3`.
"""
