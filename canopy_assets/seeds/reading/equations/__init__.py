"""Equations of office files (OMML) and of web pages (MathML) as LaTeX.

Both readers know a closed set of elements; anything else raises `EquationError`. An equation is read whole or not at
all.
"""
