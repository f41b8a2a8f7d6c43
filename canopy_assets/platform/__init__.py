"""What several stages share of Dagster: IO manager, versions, Great Expectations bridge, metadata."""
