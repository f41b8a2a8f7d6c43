"""How old something may be before the UI shows it as late.

Nothing here makes anything: automation and the nightly schedule do. These windows say when a person should look. The
per-seed assets have none: a worksheet that nobody has changed for two years is not late.
"""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

MATERIAL = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=30), warn_window=timedelta(days=14))
"""The training set: courses bring new sheets every week or two. None for a month: is the inbox still connected?"""

DECISION = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=60), warn_window=timedelta(days=30))
"""Report and champion: twice that, because a training waits for enough new material."""
