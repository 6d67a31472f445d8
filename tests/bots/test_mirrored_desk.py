"""The other way round, and from the page: a case between two platforms. `make eval-desk` plays every pair."""

from pathlib import Path

import pytest

from evals.desk_pairs import played


@pytest.mark.parametrize(("customer", "team"), [("slack", "discord"), ("web", "slack")])
async def test_words_files_edits_and_failures_pass_between_two_platforms(
    customer: str, team: str, tmp_path: Path
) -> None:
    assert await played(tmp_path, customer, team) == []
