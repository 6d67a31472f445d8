"""The scripted case: a customer on Discord, the team on Slack, over real adapters and sockets."""

from pathlib import Path

from evals.desk_relay import relayed


async def test_both_sides_of_a_case_across_platforms_equal_the_map_of_the_relay(tmp_path: Path) -> None:
    done = await relayed(tmp_path)
    assert done.differences == []
    assert done.crossings == 4, "three replies and one message of the customer"
    assert len(done.shots) == 9
