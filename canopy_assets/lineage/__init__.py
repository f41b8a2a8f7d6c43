"""What is ours of Dagster: versions, staleness, running, automation, failures, checks, the IO manager."""

import warnings

# Every process of a run imports this package first. That we use preview features of Dagster is our decision; the
# person who reads the output can do nothing about it.
warnings.filterwarnings("ignore", message=".*is currently in (beta|preview)")
