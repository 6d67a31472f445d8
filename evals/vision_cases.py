"""A damaged parcel and an error screenshot, each played whole on Slack and on Discord."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from evals.eyes_case import PLATFORMS, play, scene_of, scripted_model
from evals.scorecard import Row
from evals.sets import Folders


async def cases(_: Folders) -> Sequence[Row]:
    """`cases_end_to_end`: of both cases on both platforms, what came to its right end."""
    fine, problems = 0, list[str]()
    for platform in PLATFORMS:
        try:
            with tempfile.TemporaryDirectory() as folder:
                async with scripted_model() as url, scene_of(platform) as scene:
                    played = await play(scene, Path(folder), url)
        except (TimeoutError, ExceptionGroup, OSError) as error:
            problems.append(f"{platform}: {type(error).__name__}")
            continue
        fine += not played.problems
        problems += [f"{platform}: {each}" for each in played.problems]
    note = "; ".join(["damaged parcel and error screenshot, on the stand-ins, the models scripted", *problems])
    return [Row("cases_end_to_end", fine / len(PLATFORMS), 1.0, note=note)]
