"""`make eval-long-thread`: one Slack thread of 60,000 tokens through the real core, and what each prompt held of it.

python -m evals.long_thread [--tokens 60000] [--trace FILE]

The first message holds a code that is asked for at the end; another one stands a quarter of the way in. The model reads
its prompt and knows nothing else. The trace has figures alone, a line a turn.
"""

import argparse
import asyncio
import logging
import random
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.costs import Spent
from evals.cases_model import CaseModel, Read, is_about_notes, say
from evals.cases_people import People
from evals.cases_stage import Plot, Stage
from evals.cases_world import World, open_world
from evals.scorecard import Row, report
from tests.servers import model as models
from tests.servers.model import Reply

_BYTES_PER_TOKEN = 4
_MESSAGE_CHARS = 3_300
_FIRST, _MIDDLE = "KX-4471", "QF-9302"
_ALSO = "one order, one long story"
_THINGS = ("the lamp", "the van", "the depot", "my neighbour", "the box", "the driver", "the shop in town", "the label")
_DID = ("stood in the rain", "came back in the evening", "was not there", "made a strange noise", "had gone by then")
_WHEN = ("on the first day", "a little later", "before lunch", "when I called", "after the weekend", "in the end")
_LABEL = re.compile(r"code on the (?P<which>label|receipt) is (?P<code>[A-Z]{2}-\d{4})")


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn's prompt was."""

    n: int
    thread: int
    """Tokens of the whole thread before it."""
    prompt: int
    repeated: float
    """Share of the prompt that began the one before it too."""
    summaries: int
    """Summary calls so far."""
    has_first: bool
    """The code of the first message stands in it."""


def _story(rng: random.Random, begin: str) -> str:
    """Words of our own, as long as a message of somebody who tells everything."""
    text = begin
    while len(text) < _MESSAGE_CHARS:
        text += f" {rng.choice(_WHEN).capitalize()} {rng.choice(_THINGS)} {rng.choice(_DID)}."
    return text


@dataclass(frozen=True, slots=True)
class Answer:
    """A mind that looks a code up in its prompt and knows nothing else."""

    which: str

    def __call__(self, read: Read) -> Reply:
        """What the prompt says, or that it says nothing."""
        for found in _LABEL.finditer(read.everything):
            if found["which"] == self.which:
                return say(f"You wrote that the code on the {self.which} is {found['code']}.")
        return say("That is not in what I can see.")


async def play(world: World, people: People, tokens: int, seed: int) -> tuple[list[Turn], bool, bool]:
    """The whole thread; its turns, and whether both codes were told at the end."""
    rng, told = random.Random(seed), list[Turn]()
    answers = random.Random(seed + 1)
    plot = Plot(_ALSO, _nothing)
    stage = Stage(world, people, plot, world.tenant("slack"), _ALSO, rounds=1 + tokens // 20_000)
    seat = await stage.sit(None)
    size = n = 0
    before: Sequence[str] = ()
    while size < tokens * _BYTES_PER_TOKEN:
        code = {0: f"The code on the label is {_FIRST}."}.get(n, "")
        if not code and n == tokens * _BYTES_PER_TOKEN // (_MESSAGE_CHARS * 8):
            code = f"And the code on the receipt is {_MIDDLE}."
        said, reply = _story(rng, code or "It went on like this."), _story(answers, "I see.")
        await stage.ask(seat, said, lambda read, reply=reply: say(reply))
        turn, before = _turn(world.model, n, size, before)
        told.append(turn)
        size += len(said) + len(reply)
        n += 1
    first = await stage.ask(seat, "What was the code on the label?", Answer("label"))
    turn, before = _turn(world.model, n, size, before)
    told.append(turn)
    middle = await stage.ask(seat, "And what was the code on the receipt?", Answer("receipt"))
    shown = "\n".join(seat.shown())
    return told, first and _FIRST in shown, middle and _MIDDLE in shown


async def _nothing(stage: Stage) -> bool:
    return True


def _turn(model: CaseModel, n: int, size: int, before: Sequence[str]) -> tuple[Turn, Sequence[str]]:
    chats = [each.body["messages"] for each in model.records if each.path.endswith("/chat/completions")]
    mine = [each for each in chats if not is_about_notes(each)]
    parts = [models.text_of(each.get("content")) for each in mine[-1]]
    total = sum(map(len, parts))
    same = 0
    for old, new in zip(before, parts, strict=False):
        if old != new:
            break
        same += len(new)
    turn = Turn(
        n + 1,
        size // _BYTES_PER_TOKEN,
        total // _BYTES_PER_TOKEN,
        same / total,
        len(chats) - len(mine),
        any(_FIRST in part for part in parts),
    )
    return turn, parts


def rows_of(turns: Sequence[Turn], spent: Spent, first: bool, middle: bool, tokens: int, limit: int) -> list[Row]:
    """The card."""
    whole = sum(each.thread for each in turns)
    sent = sum(each.prompt for each in turns)
    most = max(each.prompt for each in turns)
    share = spent.repeated_tokens / max(1, spent.input_tokens)
    return [
        Row("thread_tokens", turns[-1].thread, tokens, note=f"{len(turns)} turns; a token is {_BYTES_PER_TOKEN} bytes"),
        Row("first_message_answered", float(first), 1.0, note="its code, asked for at the end"),
        Row("middle_message_answered", float(middle), 1.0, note="a code a quarter of the way in, by the summary alone"),
        Row("first_message_in_every_prompt", sum(each.has_first for each in turns) / len(turns), 1.0),
        Row("prompt_tokens_most", most, limit, turns[-1].thread, "lower", note="baseline: the whole thread"),
        Row("prompt_tokens_sum", sent, baseline=whole, better="lower", note="of answers; baseline: history sent anew"),
        Row("summary_calls", turns[-1].summaries, better="lower"),
        Row("repeated_prefix_share", round(share, 4), note="by the ledger, summaries too"),
    ]


def trace(turns: Sequence[Turn]) -> str:
    """A line a turn."""
    lines = ["turn  thread tokens  prompt tokens  repeated  summaries  first message in it"]
    lines += [
        f"{each.n:>4}  {each.thread:>13,}  {each.prompt:>13,}  {each.repeated:>8.0%}  {each.summaries:>9}  "
        f"{'yes' if each.has_first else 'NO':>19}"
        for each in turns
    ]
    return "\n".join(lines)


async def measure(tokens: int, seed: int = 7) -> tuple[list[Turn], list[Row]]:
    """Play it and look at the prompts."""
    more = {"budget": {"tokens_per_case": 0, "requests_per_case": 0}, "escalation": {"repeat_contacts": 0}}
    people = People(random.Random(seed))
    with tempfile.TemporaryDirectory(prefix="firstline-long-") as place:
        async with open_world(Path(place), people, more=more) as world:
            turns, first, middle = await play(world, people, tokens, seed)
            await world.house.settle()
            spent = await world.house.store.costs.total()
            limit = world.configuration.agent.conversation_tokens
    return turns, rows_of(turns, spent, first, middle, tokens, limit)


def main() -> int:
    """Play it; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=60_000)
    parser.add_argument("--trace", type=Path, help="write the figures of each turn there")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    turns, rows = asyncio.run(measure(given.tokens))
    print(trace(turns))
    if given.trace:
        given.trace.write_text(trace(turns) + "\n", encoding="utf-8")
    return report("eval-long-thread", rows)


if __name__ == "__main__":
    sys.exit(main())
