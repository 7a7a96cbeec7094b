"""The helpers of the fixtures of runs, for the fixtures here."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "runs" / "make-fixtures"))

import fixture  # noqa: E402

fixture.FIXTURES = HERE.parent / "fixtures"
begin, commit, drop, keep = fixture.begin, fixture.commit, fixture.drop, fixture.keep
