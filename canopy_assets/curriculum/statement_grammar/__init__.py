"""Reads `.lark` files and matches statements with them. `curriculum.grammar` is what topics call.

The files are lark's own notation, and lark's Earley parser reads a statement the same way; it took ten times as long,
most of it for statements that a grammar does not have. `source` reads a file, `terminals` makes patterns of its
terminals, and `matching` finds out how a text is a rule, once for each rule and place.
"""
