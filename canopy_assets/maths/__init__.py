"""Mathematics that the stages share: a safe expression parser, answers compared by value, problem families with worked solutions."""
