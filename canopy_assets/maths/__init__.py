"""Mathematics that the stages share.

A safe expression parser, answers compared by value, problem families with worked solutions.
"""
