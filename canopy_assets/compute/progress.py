"""Progress of a long step: a bar on a terminal, otherwise a log line now and then."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

LOG_EVERY_S = 10.0

_logger = logging.getLogger(__name__)


class ProgressReporter:
    """Counts units of work, and shows the count, the rate and the time left.

    On a terminal it draws a tqdm bar on stderr. Elsewhere, or when given a `log`, it writes a line at most every
    `every_s` seconds, and one at the end. Use it as a context manager:

        with ProgressReporter("training", total=110, unit="step", log=context.log.info) as progress:
            progress.advance(1, loss="1.94")
    """

    def __init__(
        self,
        what: str,
        total: int | None = None,
        *,
        unit: str = "row",
        log: Callable[[str], None] | None = None,
        bar: bool | None = None,
        every_s: float = LOG_EVERY_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is shown before `with`.

        Args:
            what: the step in a word or two ("training").
            total: units to do, None if unknown.
            unit: what is counted, in the singular.
            log: gets the lines, for example `context.log.info`. Default: this module's logger, unless there is a bar.
            bar: whether to draw a bar. Default: only if stderr is a terminal.
            every_s: the shortest time between two log lines, in seconds.
            clock: monotonic, in seconds.
        """
        self.what, self.total, self.unit, self.done = what, total, unit, 0
        self._draw = sys.stderr.isatty() if bar is None else bar
        self._log = log if log is not None else None if self._draw else _logger.info
        self._every_s, self._clock = every_s, clock
        self._facts: dict[str, object] = {}
        self._bar: Any = None
        self._started = self._logged = clock()

    def __enter__(self) -> ProgressReporter:
        self._started = self._logged = self._clock()
        if self._draw:
            from tqdm import tqdm

            self._bar = tqdm(total=self.total, desc=self.what, unit=f" {self.unit}", dynamic_ncols=True, leave=True)
        return self

    def __exit__(
        self, error: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        if self._log is not None:
            ending = "done" if error is None else f"stopped by {error.__name__}"
            self._log(f"{self.line()}, {ending}")

    def advance(self, units: int = 1, **facts: Any) -> None:
        """Count `units` more; `facts` (loss, tokens/s…) are shown beside the count and kept until replaced."""
        self.reach(self.done + units, **facts)

    def reach(self, done: int, *, total: int | None = None, **facts: Any) -> None:
        """Set the count to `done`, and the total if it has become known since."""
        step, self.done = done - self.done, done
        self._facts |= facts
        if total is not None:
            self.total = total
        if self._bar is not None:
            self._bar.total = self.total
            self._bar.set_postfix({name: str(fact) for name, fact in self._facts.items()}, refresh=False)
            self._bar.update(step)
        if self._log is not None and self._clock() - self._logged >= self._every_s:
            self._logged = self._clock()
            self._log(self.line())

    def line(self) -> str:
        """The state in one line: "training: 40/110 steps (36 %), 1.2 steps/s, 58 s left, loss 1.94"."""
        seconds = max(self._clock() - self._started, 1e-9)
        rate = self.done / seconds
        of = f"/{self.total}" if self.total is not None else ""
        share = f" ({100 * self.done // self.total} %)" if self.total else ""
        parts = [f"{self.what}: {self.done}{of} {self.unit}s{share}", f"{rate:.3g} {self.unit}s/s"]
        if self.total is not None and 0 < self.done < self.total:
            parts.append(f"{duration((self.total - self.done) / rate)} left")
        return ", ".join(parts + [f"{name} {fact}" for name, fact in self._facts.items()])


def duration(seconds: float) -> str:
    """Seconds in words: "8 s", "3 min 20 s", "2 h 5 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
