"""`make eval-text`: nothing of an answer is lost, doubled, cut or dangerous, whatever the platform does.

Random answers through the real adapters against stand-ins that misbehave; every conversion of the CommonMark
examples; every naughty string in and out. What is seen is judged by way of HTML, by code that converts nothing.
The simple way beside it: the text as it is, cut every so many characters.
"""

import asyncio
import random
import re
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib import import_module
from urllib.parse import unquote

from adapters.slack.markup import as_mrkdwn, to_markdown
from adapters.slack.rendering import render
from core.markdown import parser
from core.mentions import pings
from core.reply import Post
from core.splitting import split_parts
from core.visible import printable
from evals.documents import LIES, Documents
from evals.reading import see, see_html, solid
from evals.scorecard import Row, report
from evals.sets import Folders, records
from evals.surfaces import DISCORD, SLACK, Shown, Surface, answer, rig_of

_ANSWERS = 1_000
_SEED = 20261124
_CUTS = (60, 2_000, 3_000, 4_000)

Convert = Callable[[str], list[str]]


@dataclass(slots=True)
class Tally:
    """What became of all answers on one platform."""

    shown: list[Shown] = field(default_factory=list[Shown])
    equal: int = 0
    once: int = 0
    raw_pings: int = 0
    by_fault: dict[str, list[bool]] = field(default_factory=dict[str, list[bool]])


async def run_surface(surface: Surface) -> list[Row]:
    """A thousand answers on one platform."""
    opened = rig_of(surface)
    name = surface.name
    if opened is None:
        return [Row(f"{name}: final text equal to the model's", None, 1.0, note="no adapter with a stand-in")]
    documents, dice, tally = Documents(_SEED), random.Random(_SEED), Tally()
    faults = list(surface.faults)
    async with opened as rig:
        for n in range(_ANSWERS):
            text, fault = documents.document(), faults[n % len(faults)] if n % 2 else "none"
            shown = await answer(surface, rig, text, documents.pieces(text), fault, dice)
            is_equal = see("\n\n".join(shown.texts)).words == see(text).words or _same_words(shown.texts, text)
            tally.shown.append(shown)
            tally.equal += is_equal
            tally.once += shown.others == 0
            tally.raw_pings += len(pings(text))
            tally.by_fault.setdefault(fault, []).append(is_equal and shown.others == 0)
    return _rows(name, tally)


def _same_words(texts: Sequence[str], text: str) -> bool:
    """Headers that a cut table repeats are no doubled text, nor are the marks of a cut emphasis lost text."""

    def letters(seen: str) -> str:
        return re.sub(r"[\W_]+", "", seen)

    want, got = letters(expected(text)), letters("".join(see(each).words for each in texts))
    return want == got


def expected(text: str) -> str:
    """What a reader should see of an answer: raw tags gone, pictures as links, a link that lies as its target."""
    for lie, truth in LIES.items():
        text = text.replace(lie, truth)
    return see_html(parser().render(text)).written


def _rows(name: str, tally: Tally) -> list[Row]:
    count = len(tally.shown)
    clean = [each for each in tally.shown if each.first_ms is not None]
    worst = ", ".join(fault for fault, each in tally.by_fault.items() if not all(each))
    rows = [
        Row(f"{name}: final text equal to the model's", tally.equal / count, 1.0, note=worst),
        Row(f"{name}: no message doubled or left over", tally.once / count, 1.0),
        Row(f"{name}: limits respected", sum(not each.too_long for each in tally.shown) / count, 1.0),
        Row(f"{name}: pings", sum(each.pings for each in tally.shown), 0, tally.raw_pings, "lower"),
        Row(f"{name}: answers", count),
        Row(f"{name}: calls per reply", statistics.mean(each.calls for each in clean), better="lower"),
    ]
    first = sorted(each.first_ms for each in clean if each.first_ms is not None)
    rows.append(Row(f"{name}: first piece to visible text, ms p50", statistics.median(first), 3.0, better="lower"))
    return rows


def slack_blocks(text: str) -> list[str]:
    """As Slack's Markdown blocks get it."""
    return [each.markdown for each in render(Post(text))]


def conversions() -> dict[str, Convert | None]:
    """How each platform gets a text; None where its adapter is not there."""
    found: dict[str, Convert | None] = {"slack": slack_blocks, "discord": None}
    try:
        messages_of = import_module("adapters.discord.rendering").messages_of
    except (ModuleNotFoundError, AttributeError):
        return found
    found["discord"] = lambda text: list(messages_of(Post(text)))
    return found


def commonmark(folders: Folders) -> list[Row]:
    """Every example of the specification, on every platform, and cut."""
    examples = list(records(folders.find("commonmark", "part_*.jsonl", "*.jsonl")))
    rows: list[Row] = []
    for name, convert in conversions().items():
        figures = ("visible text", "links keep their target", "code unaltered")
        if not examples or convert is None:
            note = "set absent" if not examples else "no adapter"
            rows += [Row(f"commonmark {name}: {each}", None, 1.0, note=note) for each in figures]
            continue
        results = [_judged(each["markdown"], each["html"], convert) for each in examples]
        for n, figure in enumerate(figures):
            rows.append(Row(f"commonmark {name}: {figure}", sum(each[n] for each in results) / len(results), 1.0))
        rows.append(Row(f"commonmark {name}: pings", sum(each[3] for each in results), 0, better="lower"))
    return [*rows, *_cutting([str(each["markdown"]) for each in examples])]


def _judged(markdown: str, html: str, convert: Convert) -> tuple[bool, bool, bool, int]:
    sent = "\n\n".join(convert(markdown))
    seen, want = see(sent), see_html(html)
    has_words = _folded(unquote(seen.words)) in (_folded(unquote(want.words)), _folded(unquote(want.written)))
    targets = {*seen.targets, *re.findall(r"https?://[^\s()<>|\]]+|mailto:[^\s()<>|\]]+", sent)}
    has_links = all(any(each.rstrip("/") in other for other in targets) or each in sent for each in want.targets)
    has_code = all(each in solid(sent) or each in seen.codes for each in want.codes)
    return has_words, has_links, has_code, len(pings(sent))


def _folded(words: str) -> str:
    return re.sub(r"[\W_]+", "", words)


def _cutting(examples: Sequence[str]) -> list[Row]:
    if not examples:
        return [Row("cutting: joins back and keeps fences", None, 1.0, note="set absent")]
    texts = [*examples, "\n\n".join(examples)]
    joins = [
        "".join(part.source for part in split_parts(text, limit_chars=limit)) == text.replace("\r\n", "\n")
        for text in texts
        for limit in _CUTS
    ]
    fits = [
        len(part.text) <= limit for text in texts for limit in _CUTS for part in split_parts(text, limit_chars=limit)
    ]
    long = _long_code(examples)
    kept = [_same_code(long, [part.text for part in split_parts(long, limit_chars=limit)]) for limit in _CUTS[1:]]
    simple = [_same_code(long, [long[at : at + limit] for at in range(0, len(long), limit)]) for limit in _CUTS[1:]]
    return [
        Row("cutting: parts join back to the text", sum(joins) / len(joins), 1.0),
        Row("cutting: parts fit", sum(fits) / len(fits), 1.0),
        Row("cutting: fences, languages and code kept", sum(kept) / len(kept), 1.0, sum(simple) / len(simple)),
    ]


def _long_code(examples: Sequence[str]) -> str:
    """Everything as code, in turn with prose, so that every limit cuts some."""
    blocks = [f"Look at this:\n\n~~~~~~~~py\n{text.rstrip()}\n~~~~~~~~" for text in examples if "~~~~~~~~" not in text]
    return "\n\n".join(blocks)


def _same_code(text: str, parts: Sequence[str]) -> bool:
    def code(markdown: str) -> list[tuple[str, str]]:
        return [(token.info, token.content) for token in parser().parse(markdown) if token.type == "fence"]

    before, after = code(text), [each for part in parts for each in code(part)]
    joined = solid("".join(content for _, content in before)) == solid("".join(content for _, content in after))
    return joined and {info for info, _ in before} == {info for info, _ in after}


def naughty(folders: Folders) -> list[Row]:
    """Every string as a customer's words coming in, and as an answer going out."""
    texts = [str(each["text"]) for each in records(folders.find("naughty_strings", "part_*.jsonl", "*.jsonl"))]
    names = ("in and back byte-identical", "out with the same words", "limits respected", "terminal shows no command")
    if not texts:
        return [Row(f"naughty strings: {each}", None, 1.0, note="set absent") for each in names]
    results = [_treated(text) for text in texts]
    rows = [
        Row(f"naughty strings: {each}", sum(r[n] for r in results) / len(results), 1.0) for n, each in enumerate(names)
    ]
    return [
        *rows,
        Row("naughty strings: pings", sum(r[4] for r in results), 0, sum(len(pings(t)) for t in texts), "lower"),
        Row("naughty strings: strings", len(texts)),
    ]


def _treated(text: str) -> tuple[bool, bool, bool, bool, int]:
    received = to_markdown(escape(text, quote=False), bot_user="U0BOT", name_of=str)
    parts = {name: convert(text) for name, convert in conversions().items() if convert}
    # An answer without any words is shown as a mark, since no platform takes an empty message.
    shown = [see("\n\n".join(each)).words.removesuffix("…").removesuffix("-#") for each in parts.values()]
    want = see(text).words.removesuffix("…")
    sent = [part for each in parts.values() for part in each]
    signs = [char for char in printable(text) if (char < " " and char not in "\n\t") or "\x7f" <= char < "\xa0"]
    return (
        received == text.strip(),
        all(each == want or _folded(unquote(each)) == _folded(unquote(expected(text))) for each in shown),
        all(len(part) <= SLACK.limit_chars for part in sent),
        not signs,
        sum(len(pings(each)) for each in [*sent, as_mrkdwn(text)]),
    )


async def measure() -> list[Row]:
    """All rows."""
    folders = Folders.from_environment()
    rows = [*commonmark(folders), *naughty(folders)]
    for surface in (SLACK, DISCORD):
        rows += await run_surface(surface)
    return rows


def main() -> int:
    """Measure and print."""
    return report("eval-text", asyncio.run(measure()))


if __name__ == "__main__":
    sys.exit(main())
