"""What a tutor may talk about in each kind of problem beyond the words of the problem itself: the terms of its next
step.

Keys are looked for at the beginning of the words of the family's and the topic's name, so that "linear_equation" and
"Linear equations" both find "linear"; a key that ends with a space is a whole word. Words that fit any problem
(`GENERIC`) are evidence of nothing.
"""

from __future__ import annotations

from functools import lru_cache

TERMS: dict[str, str] = {
    "linear": "coefficient constant inverse undo undone balance distribute bracket parenthesis",
    "inequal": "inequality flip reverse direction sign boundary negative number line interval",
    "quadratic": "square root factor zero product discriminant vertex parabola complete roots",
    "factor": "factor pair product multiply common binomial trinomial greatest",
    "simplif": "like combine distribute bracket parenthesis coefficient",
    "system": "substitute substitution eliminate elimination intersect intersection cancel vanish",
    "function": "input output substitute plug replace domain range",
    "slope": "slope rise run intercept steep vertical horizontal change point line gradient",
    "line ": "slope rise run intercept steep point",
    "deriv": "derivative power exponent rate change tangent slope chain product constant differentiate",
    "integr": "integral antiderivative power exponent area bounds constant integrate",
    "limit": "limit approach close factor cancel denominator numerator indeterminate substitute",
    "percent": "percent % hundred discount decimal fraction original whole part increase decrease tax tip sale price",
    "fraction": "fraction numerator denominator common simplify reciprocal parts whole",
    "ratio": "ratio proportion part whole scale cross parts unit",
    "proportion": "ratio proportion scale cross unit",
    "arithmetic ": "sign binds tightest priority precedence order bracket parenthesis wait before rest",
    "mean ": "mean average sum total count add divide data",
    "average": "mean average sum count data",
    "median": "median middle order sort data",
    "statistic": "mean average median spread deviation data",
    "probab": "probability outcome outcomes favorable possible chance likely event marbles dice coin draw",
    "combin": "choose order arrange arrangement factorial ways repetition",
    "permut": "order arrange arrangement factorial ways repetition",
    "area": "area length width base height radius side square units diameter perimeter",
    "perimeter": "perimeter length width side edge around",
    "volume": "volume length width height radius base cubic layer edge",
    "circle": "radius diameter pi circumference area",
    "triang": "triangle side angle hypotenuse leg right base height",
    "pythag": "hypotenuse leg right triangle square squares root",
    "trig": "sine cosine tangent angle opposite adjacent hypotenuse ratio",
    "exponent": "exponent power base same factors repeated",
    "power": "exponent power base",
    "logarithm": "logarithm log exponent power base",
    "dot ": "dot component components vector matching product pair corresponding",
    "vector": "vector component components magnitude length direction",
    "determinant": "determinant diagonal matrix entries row column product",
    "matrix": "matrix row column entry entries diagonal",
    "sequence": "sequence difference ratio pattern nth previous term terms",
    "series": "sequence difference ratio pattern sum terms",
    "distance": "distance speed rate hours midpoint coordinates horizontal vertical",
    "speed": "distance speed rate hours",
    "gcd": "divisor divisors multiple multiples factor factors prime common greatest least",
    "lcm": "divisor divisors multiple multiples factor factors prime common greatest least",
    "divisib": "divisor divisors multiple multiples factor factors prime common",
    "counting": "choose order arrange arrangement factorial ways repetition",
    "interest": "interest principal rate year compound",
    "modul": "remainder divide multiple",
    "remainder": "remainder divide quotient multiple",
    "complex": "imaginary real conjugate part",
    "absolute": "absolute distance zero cases negative positive",
    "radical": "radical root square perfect factor",
    "unit ": "unit convert conversion meters kilometers hours minutes seconds feet inches",
    "set ": "union intersection elements overlap both",
    "polynomial": "polynomial degree coefficient divide remainder root",
}

GENERIC = """
a number numbers solve solving find calculate compute determine evaluate value values equation equations expression
problem question answer solution step operation operations operator variable side sides both result total many much
first next last second third time times way use get give given know known need think idea following work write show
explain understand start begin help tell look see right left equal equals same different new unknown isolate term
terms form method rule formula concept information exercise case make want try long part good go come take sure
please great now here today math mathematics tutor student simplify simplest simplified approach apply would like
say mean means thing things one two do does done doing let keep put set main original correct happen happens
since suppose remain remaining together altogether more fewer already another every amount exactly still must needs
own name piece pieces start easy easier kind line page class rule definition remember words
"""

ADDITIVE = """
add added adding addition plus subtract subtracted subtracting subtraction minus sum difference taking away remain
remaining together altogether fewer more
"""

MULTIPLICATIVE = """
multiply multiplied multiplies multiplying multiplication times product divide divided divides dividing division
quotient share shared group groups
"""

POWERS = "square squared squaring root cube cubed power exponent"


TASK_WORDS = frozenset(
    [
        *("what", "is", "are", "how", "much", "many", "the", "a", "an", "for", "of"),
        *(
            "solve",
            "find",
            "compute",
            "calculate",
            "evaluate",
            "simplify",
            "determine",
            "factor",
            "work",
            "out",
            "write",
        ),
    ]
)


@lru_cache(maxsize=1)
def generic_stems() -> frozenset[str]:
    """Stems that could stand in a question about any problem."""
    return _stems(GENERIC)


@lru_cache(maxsize=512)
def family_stems(family: str, topic: str) -> frozenset[str]:
    """Stems of the terms that belong to a family's solution; empty for a family that is not in `TERMS`."""
    name = f" {family} {topic} ".lower().replace("_", " ").replace("-", " ")
    terms = " ".join(terms for key, terms in TERMS.items() if f" {key}" in name)
    return _stems(terms) | ({"%"} if "%" in terms else frozenset())


@lru_cache(maxsize=1)
def operation_stems() -> dict[str, frozenset[str]]:
    """Stems of the words for each kind of operation; an operation's inverse belongs to the same kind."""
    return {"+": _stems(ADDITIVE), "*": _stems(MULTIPLICATIVE), "^": _stems(POWERS)}


def _stems(words: str) -> frozenset[str]:
    from canopy_assets.review.text.wording import content_words

    return content_words(words)
