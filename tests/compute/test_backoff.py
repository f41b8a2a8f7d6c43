"""The waits between the attempts of a step."""

import itertools

from canopy_assets.compute.backoff import LONGEST_S, retry_delay


def test_each_wait_is_longer_than_the_one_before_and_no_two_are_the_same() -> None:
    waits = [[retry_delay(failures, first_s=5, factor=4) for _ in range(50)] for failures in range(3)]
    assert all(max(shorter) < min(longer) for shorter, longer in itertools.pairwise(waits))
    assert len({round(wait, 6) for wait in waits[0]}) > 10


def test_a_server_may_ask_for_a_longer_wait_within_bounds() -> None:
    assert retry_delay(0, first_s=5, factor=4, asked_s=30) == 30
    assert retry_delay(2, first_s=5, factor=4, asked_s=1) > 50
    assert retry_delay(9, first_s=5, factor=4) == LONGEST_S
    assert retry_delay(0, first_s=5, factor=4, asked_s=100_000) == LONGEST_S
