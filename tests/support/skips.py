"""How a test is skipped."""
import sys
import unittest


def skip_loudly(reason):
    """Where unittest counts what it skips, this says why."""
    print(f"SKIPPED: {reason}", file=sys.stderr)
    raise unittest.SkipTest(reason)
