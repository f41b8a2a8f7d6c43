"""The S3 server of tests/platform, for an inbox in a bucket."""

from tests.platform.conftest import bucket, s3_address

__all__ = ["bucket", "s3_address"]
