"""Our extensions of Dagster: versions, staleness, running, automation, failures, checks, the IO manager."""

import warnings

# Every process of a run imports this package first. We chose to use preview features of Dagster; the person who reads
# the output can do nothing about the warnings.
warnings.filterwarnings("ignore", message=".*is currently in (beta|preview)")
