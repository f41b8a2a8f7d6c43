"""Answers of the number and geometry families for random numbers, against independent formulas."""

from __future__ import annotations

from fractions import Fraction
from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.curriculum.arithmetic import solve as arithmetic
from canopy_assets.curriculum.fractions import solve as fractions
from canopy_assets.curriculum.geometry import solve as geometry
from canopy_assets.curriculum.percent import solve as percent
from canopy_assets.curriculum.probability import solve as probability
from canopy_assets.curriculum.ratios import solve as ratios
from canopy_assets.curriculum.registry import Solution
from canopy_assets.curriculum.sequences import solve as sequences
from canopy_assets.curriculum.statistics import solve as statistics
from canopy_assets.curriculum.units import solve as units

SETTINGS = settings(max_examples=40)
SMALL = st.integers(1, 40)


def value(text: str) -> Fraction:
    return Fraction(text.replace("−", "-").replace(",", "").strip("$%").split()[0])


def by_rank(numbers: list[int], operators: list[str]) -> int:
    """The value of a sum of products: each product is collected before it is added or taken away."""
    terms = [numbers[0]]
    for operator, number in zip(operators, numbers[1:], strict=False):
        if operator == "*":
            terms[-1] *= number
        else:
            terms.append(number if operator == "+" else -number)
    return sum(terms)


def check(solution: Solution | None, expected: Fraction) -> Solution:
    """Assert that a solution has this answer, ends in it, and has no misconception that leads to it."""
    assert solution is not None
    assert value(solution.answer) == expected
    assert value(solution.steps[-1].result) == expected
    for idea in solution.misconceptions:
        assert value(idea.answer) != expected, idea
    return solution


@SETTINGS
@given(st.integers(1, 99), st.integers(1, 900))
def test_p_percent_of_n_is_n_times_p_over_100(p: int, n: int):
    solution = check(percent.FAMILIES[0].solve(f"What is {p}% of {n}?"), Fraction(n * p, 100))
    base = solution.steps[0].slots["base"].rstrip("%")
    assert value(solution.steps[0].result) == Fraction(n * int(base), 100)


@SETTINGS
@given(st.integers(1, 90), st.integers(1, 500))
def test_a_discount_takes_p_percent_off_the_price(p: int, price: int):
    statement = f"A lamp costs ${price} and is on sale for {p}% off. What is the sale price?"
    solution = percent.FAMILIES[0].solve(statement)
    assert solution is not None
    expected = Fraction(price * (100 - p), 100)
    assert value(solution.answer) == expected
    assert solution.steps[-1].slots["thing"] == "lamp"


@SETTINGS
@given(st.tuples(SMALL, SMALL, SMALL, SMALL), st.sampled_from("+-*/"))
def test_fraction_operations_agree_with_exact_arithmetic(parts: tuple[int, int, int, int], operator: str):
    a, b, c, d = parts
    left, right = Fraction(a, b), Fraction(c, d)
    expected = {"+": left + right, "-": left - right, "*": left * right, "/": left / right}[operator]
    solution = fractions.FAMILIES[0].solve(f"{a}/{b} {operator} {c}/{d}")
    if expected == 0:
        assert solution is None
    else:
        check(solution, expected)


@SETTINGS
@given(st.lists(st.integers(0, 30), min_size=3, max_size=5), st.lists(st.sampled_from("+-*"), min_size=4, max_size=4))
def test_order_of_operations_agrees_with_python(numbers: list[int], operators: list[str]):
    text = str(numbers[0]) + "".join(f" {o} {n}" for o, n in zip(operators, numbers[1:], strict=False))
    check(arithmetic.FAMILIES[0].solve(text), Fraction(by_rank(numbers, operators)))


@SETTINGS
@given(st.lists(st.integers(-50, 99), min_size=2, max_size=8))
def test_the_mean_is_the_sum_over_the_count(numbers: list[int]):
    solution = statistics.FAMILIES[0].solve(f"Find the mean of {', '.join(map(str, numbers))}.")
    check(solution, Fraction(sum(numbers), len(numbers)))


@SETTINGS
@given(st.lists(st.integers(1, 99), min_size=3, max_size=6), st.integers(1, 99))
def test_the_missing_value_brings_the_mean_about(numbers: list[int], mean: int):
    statement = f"The mean of {', '.join(map(str, numbers))}, x is {mean}. Find x."
    solution = check(statistics.FAMILIES[0].solve(statement), Fraction(mean * (len(numbers) + 1) - sum(numbers)))
    assert Fraction(sum(numbers) + value(solution.answer), len(numbers) + 1) == mean


@SETTINGS
@given(SMALL, SMALL, SMALL)
def test_a_marble_is_as_likely_as_its_share(red: int, blue: int, green: int):
    statement = (
        f"A bag contains {red} red, {blue} blue and {green} green marbles. What is the probability of drawing a "
    )
    total = red + blue + green
    single_draw = next(family for family in probability.FAMILIES if family.name == "probability")
    check(single_draw.solve(statement + "blue marble?"), Fraction(blue, total))
    check(single_draw.solve(statement + "red or green marble?"), Fraction(red + green, total))


@SETTINGS
@given(SMALL, SMALL, SMALL)
def test_areas_and_volumes_follow_their_formulas(a: int, b: int, h: int):
    area, volume, *_ = geometry.FAMILIES
    check(area.solve(f"A rectangle is {a} cm long and {b} cm wide. What is its area?"), Fraction(a * b))
    check(area.solve(f"Find the area of a triangle with base {a} and height {h}."), Fraction(a * h, 2))
    check(volume.solve(f"A box measures {a} m by {b} m by {h} m. Find its volume."), Fraction(a * b * h))


@SETTINGS
@given(st.lists(st.integers(-50, 99), min_size=3, max_size=8, unique=True))
def test_the_median_and_the_range_follow_their_definitions(numbers: list[int]):
    _, middle, _, spread = statistics.FAMILIES
    listed = ", ".join(map(str, numbers))
    check(middle.solve(f"Find the median of {listed}."), Fraction(median(map(Fraction, numbers))))
    check(spread.solve(f"Find the range of {listed}."), Fraction(max(numbers) - min(numbers)))


@SETTINGS
@given(st.integers(1, 95), st.integers(1, 900))
def test_the_original_price_changes_to_the_stated_one(p: int, original: int):
    price = Fraction(original * (100 - p), 100)
    statement = f"After a {p}% discount, a lamp costs ${float(price):.2f}. What was the original price?"
    check(percent.FAMILIES[0].solve(statement), Fraction(original))


@SETTINGS
@given(st.integers(-20, 20), st.integers(1, 9), st.integers(5, 30))
def test_terms_and_sums_of_arithmetic_sequences_follow_from_writing_them_down(first: int, step: int, place: int):
    terms = [first + step * i for i in range(place)]
    listed = ", ".join(map(str, terms[:3]))
    (family,) = sequences.FAMILIES
    check(family.solve(f"Find the {place}th term of the arithmetic sequence {listed}, ..."), Fraction(terms[-1]))
    asked = f"Find the sum of the first {place} terms of the arithmetic sequence {listed}, ..."
    check(family.solve(asked), Fraction(sum(terms)))


@SETTINGS
@given(st.integers(1, 900), st.sampled_from([("km", "m", 1000), ("hours", "minutes", 60), ("m²", "cm²", 10_000)]))
def test_a_conversion_there_and_back_gives_the_amount_again(amount: int, unit: tuple[str, str, int]):
    large, small, factor = unit
    (family,) = units.FAMILIES
    check(family.solve(f"Convert {amount} {large} to {small}."), Fraction(amount * factor))
    check(family.solve(f"Convert {amount * factor} {small} to {large}."), Fraction(amount))


@SETTINGS
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 50))
def test_the_larger_share_has_the_larger_part_of_the_ratio(a: int, b: int, part: int):
    whole = (a + b) * part
    solution = ratios.FAMILIES[0].solve(f"Divide {whole} in the ratio {a}:{b}. What is the larger part?")
    if a == b:
        assert solution is None
    else:
        check(solution, Fraction(max(a, b) * part))
