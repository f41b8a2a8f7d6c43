"""What several stages share of Dagster: IO manager, versions, Great Expectations bridge, metadata."""

import warnings

# Every process of a run imports this first. That we use a preview feature of Dagster is nothing that whoever reads its
# output could mend.
warnings.filterwarnings("ignore", message=".*is currently in (beta|preview)")
