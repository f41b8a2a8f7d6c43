"""Patterns for stories about percentages, for an `ascii_statement`; `grammar.lark` has the plain forms."""

from __future__ import annotations

import re

from canopy_assets.curriculum.statements import NUMBER

_FLAGS = re.IGNORECASE | re.VERBOSE

_PERCENT = rf"(?P<percent>{NUMBER})\s*(?:%|percent\b|per\ cent\b)"
GROUP_FIRST = re.compile(
    rf"""
    [^.?!\d]*?\b(?P<amount>{NUMBER})\ (?P<unit>[a-z]{{3,14}})\b[^.?!\d]*[.,;]\s*  # A school has 300 students.
    (?:if\ |and\ |of\ (?:these|those|them),?\ )?
    {_PERCENT}(?:\ of\ (?:them|these|those|(?:the|all)\ (?P=unit)))?(?!\ of\b)  # 40% of them
    (?P<claim>[^.?!\d]*)[.,;]\s*  # are girls.
    how\ many(?P<tail>[^.?!\d]*)\?  # How many girls are there?
    """,
    _FLAGS,
)
GROUP_AFTER = re.compile(
    rf"""
    [^.?!\d]*?{_PERCENT}\ of\ (?:the\ |all\ |a\ group\ of\ |its\ |her\ |his\ )?  # In a school, 40% of the
    (?P<amount>{NUMBER})\ (?P<unit>[a-z]{{3,14}})\b(?P<claim>[^.?!\d]*)[.,;]\s*  # 300 students are girls.
    how\ many(?P<tail>[^.?!\d]*)\?  # How many girls are there?
    """,
    _FLAGS,
)
COMPLEMENT = re.compile(
    r"""
    \b(?:
        half|thirds?|quarters?|twice|double|each|per|and  # a second relation between the numbers
        |not|n't|left|remain\w*|rest|other|without|fewer|more|cost  # those who are not meant
        |isn't|aren't|don't|doesn't|didn't
    )\b
    """,
    _FLAGS,
)
"""With one of these words, "40% of them are …" asks for something other than the share itself."""
UNSUCCESSFUL = re.compile(r"\b(?:wrong|incorrect|missed|failed|absent|lost|empty)\b", re.IGNORECASE)
"""The question asks for the remaining people or things, not for the part that was counted."""
PART_OF = re.compile(
    rf"""
    [^?!\d]*?\b(?P<part>{NUMBER})\ (?:(?P<noun>[a-z]+)\ )?  # Tom answered 18 questions
    (?:out\ )?of\ (?:the\ |his\ |her\ |their\ |its\ |a\ possible\ )?(?P<whole>{NUMBER})\b  # out of 24
    (?P<claim>[^?!\d]*?)[.,;]\s*what  # correctly. What
    \ (?:
        is\ (?:his|her|their|the|your)\ (?:score|mark|result|rate|grade)\w*  # is his score
        \ (?:as\ an?\ |in\ )?percent(?:age)?  # as a percentage
        |percent(?:age)?  # percent of the questions did he answer correctly
    )
    (?P<tail>[^?!\d]*)\?
    """,
    _FLAGS,
)
""" "Tom answered 18 out of 24 questions correctly. What percent of the questions did he answer correctly?" """
ONE_PERCENT = re.compile(_PERCENT, _FLAGS)
ONE_PRICE = re.compile(
    rf"""
    (?P<currency>[$€£])\s*(?P<amount>{NUMBER})  # $80
    |(?P<plain>{NUMBER})\s+(?P<money>dollars|euros|pounds)  # 80 dollars
    """,
    _FLAGS,
)
THING = re.compile(
    r"""
    \b(?:an?|the|her|his|my)\s+(?:new\ |pair\ of\ |restaurant\ )?
    ([a-z]+  # the thing in one word, or in two of which the second does not lead to the price already
        (?:\ (?!
            costs?\b|is\b|has\b|was\b|that\b|for\b|priced\b|normally\b|originally\b
            |usually\b|regularly\b|sells\b|comes\b|of\b|with\b
        )[a-z]+)?
    )\s+
    (?:that\ |which\ )?(?:normally\ |originally\ |usually\ |regularly\ |of\ |for\ |with\ )?
    (?:costs?|is\ priced|was\ priced|priced|sells|sold|is\ worth|comes|has|is|was|at|of)\b
    """,
    _FLAGS,
)
"""The thing that has the price: "a winter coat that normally costs"."""
CHANGES = (
    (
        "discount",
        -1,
        re.compile(
            r"""
            \bdiscount|%\ off\b|percent\ off\b|\bon\ sale\b  # of a shop
            |\bmarked\ down\b|\breduced\ by\b|\bmarkdown\b  # of a price
            """,
            _FLAGS,
        ),
    ),
    ("tip", 1, re.compile(r"\btips?\b|\bgratuity\b", re.IGNORECASE)),
    ("tax", 1, re.compile(r"\btax\b|\bVAT\b", re.IGNORECASE)),
    (
        "increase",
        1,
        re.compile(
            r"""
            \b(?:
                increases?d?|rises?|rose|raised?
                |goes\ up|went\ up|grows?|grew
            )\b
            """,
            _FLAGS,
        ),
    ),
    (
        "decrease",
        -1,
        re.compile(
            r"""
            \b(?:
                decreases?d?|falls?|fell|drops?|dropped
                |loses?|lost|goes\ down|went\ down
            )\b
            """,
            _FLAGS,
        ),
    ),
)
"""The name of each change, its sign, and the pattern that recognises it."""
NOT_THE_START = re.compile(
    r"""
    \bon\ sale\ for\ [$€£]|\bsale\ price\ (?:is|was|of)\ [$€£]  # the price is the one after the change
    |\bnow\ (?:costs|sells)\b|\bpaid\b
    |[$€£][^.?!]*\bafter\ (?:the|an?)  # $60 after a
    \ (?:[\d.]+\ ?(?:%|percent)|discount|tax|increase|decrease)[^?]*\.  # 25% discount.
    \ |\b(?:half|twice|double|each|per|every  # several things are bought
    |two|three|four|five|six|seven|eight|nine|ten|twelve)\b
    """,
    _FLAGS,
)
"""The percentage is not taken of the price in the statement."""
NOT_THE_WHOLE = re.compile(r"\b(?:each|per|every|original|before|both)\b", re.IGNORECASE)
"""The question asks for one of several things, or for the price before the change."""
ASKS_TOTAL = re.compile(
    r"""
    (?:sale|new|final|discounted|total|reduced|current)  # What is the sale
    \ (?:price|cost|bill|value|amount|salary|rent|wage|fee)  # price?
    |price\ (?:after|now|including|with)
    |\btotal\b
    |how\ much\ (?:do|does|did|will|would|must|should)\ [^?]*\b(?:pay|cost|spend|be\ worth)\b
    |what\ (?:do|does|will|would)\ [^?]*\b(?:pay|cost|spend)\b
    |how\ much\ is\ [^?]*\bnow\b
    |after\ the\ (?:discount|increase|decrease|rise|drop|tax|tip|sale)
    """,
    _FLAGS,
)
"""The question asks for the price after the change."""
ASKS_AMOUNT = re.compile(
    r"""
    (?:how\ (?:much|big|large)\ (?:is|was|will|are)|what\ is|find|calculate)  # How much is
    \ (?:the\ |his\ |her\ )?(?:amount\ of\ )?(?:the\ )?  # the
    (?:an?\ [\d.]+\s?(?:%|percent)\ )?(?:discount|tip|(?:sales\ )?tax|saving|increase|decrease)s?(?:\ amount)?  # tip
    (?:\ be|\ in\ dollars|\ on\ [a-z\ ]+)?\s*\?  # on the meal?
    |how\ much\ (?:money\ )?(?:do|does|did|will|would|can)\ [^?]*\b(?:save|tip)\b  # How much does she save?
    |how\ much\ [^?]*\bsaved\b  # How much is saved?
    """,
    _FLAGS,
)
"""The question asks only for the change."""
FROM_TO = re.compile(
    rf"""
    \bfrom\ (?P<currency>[$€£]?)(?P<old>{NUMBER})\s*(?P<unit>[a-z]+)?  # from 40 kg
    \ to\ [$€£]?(?P<new>{NUMBER})\b  # to 50
    """,
    _FLAGS,
)
ASKS_CHANGE = re.compile(
    r"""
    percent(?:age)?\ (?:of\ )?(?:increase|decrease|change|rise|drop|growth)  # What is the percent increase?
    |by\ what\ percent  # By what percent did it rise?
    |what\ percent(?:age)?\ (?:did|has|does|is\ the)  # What percent did it rise?
    """,
    _FLAGS,
)
