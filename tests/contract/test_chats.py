"""What every chat keeps, whatever it can do besides: the contract of `core.ports.Chat`.

A new adapter adds its surface to `SURFACES`; see docs/adapters.md.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.marking import plain_lines
from core.mentions import pings
from core.reply import Button, Notice, Post, ReplyEvent, TextDelta, TextReset, ToolFinished, ToolStarted
from tests.contract.surfaces import (
    Open,
    Surface,
    discord_surface,
    slack_surface,
    terminal_surface,
    web_surface,
)

SURFACES = pytest.mark.parametrize("open_surface", [slack_surface, discord_surface, web_surface, terminal_surface])
_LONG = "\n\n".join(f"Paragraph {n}. " + "some words of an answer " * 12 for n in range(60))
_RICH = (
    "# Refunds\n\nYou can **return** it within `14 days`, see [the page](https://shop.example/returns).\n\n"
    "1. Pack it\n2. Send it\n\n> Keep the receipt\n\n```sh\ncurl https://shop.example\n```\n\nThat is all."
)


def _seen(texts: list[str]) -> str:
    """Letters and digits that a reader sees."""
    return re.sub(r"[\W_]+", "", "".join(map(plain_lines, texts)))


async def _written(surface: Surface, post: Post, events: Sequence[ReplyEvent]) -> list[str]:
    row = await surface.row(post)
    stream = await surface.chat.open_reply(row)
    for event in events:
        await stream.show(event)
    return await surface.shown(await stream.close(row))


def _pieces(text: str, size: int) -> list[ReplyEvent]:
    return [TextDelta(text[at : at + size]) for at in range(0, len(text), size)]


@SURFACES
@pytest.mark.parametrize("size", [1, 7, 1_000])
async def test_the_final_text_is_the_post_wherever_the_pieces_break(
    open_surface: Open, size: int, tmp_path: Path
) -> None:
    async with open_surface(tmp_path) as surface:
        shown = await _written(surface, Post(_RICH), _pieces(_RICH, size))
        assert _seen(shown).startswith(_seen([_RICH])) or _seen([_RICH]) in _seen(shown)


@SURFACES
async def test_a_long_answer_is_shown_whole(open_surface: Open, tmp_path: Path) -> None:
    async with open_surface(tmp_path) as surface:
        shown = await _written(surface, Post(_LONG), _pieces(_LONG, 400))
        assert _seen(shown) == _seen([_LONG])


@SURFACES
async def test_an_answer_that_was_never_streamed_is_delivered_whole(open_surface: Open, tmp_path: Path) -> None:
    async with open_surface(tmp_path) as surface:
        row = await surface.row(Post(_RICH))
        assert _seen([_RICH]) in _seen(await surface.shown(await surface.chat.deliver(row)))


@SURFACES
async def test_delivering_again_changes_nothing(open_surface: Open, tmp_path: Path) -> None:
    async with open_surface(tmp_path) as surface:
        if not surface.can_take_back:
            pytest.skip("what was printed stays printed")
        row = await surface.row(Post("It was delivered."))
        ref = await surface.chat.deliver(row)
        before = surface.posts()
        again = await surface.chat.deliver(replace(row, ref=ref))
        assert again == ref
        assert surface.posts() == before
        assert _seen(await surface.shown(ref)) == "Itwasdelivered"


@SURFACES
async def test_what_was_withdrawn_is_not_in_the_final_message(open_surface: Open, tmp_path: Path) -> None:
    async with open_surface(tmp_path) as surface:
        if not surface.can_take_back:
            pytest.skip("what was printed stays printed")
        events = [TextDelta("I have refunded you."), TextReset(0), TextDelta("It waits for approval.")]
        assert _seen(await _written(surface, Post("It waits for approval."), events)) == "Itwaitsforapproval"


@SURFACES
async def test_a_reply_that_was_opened_before_goes_on_in_the_same_message(open_surface: Open, tmp_path: Path) -> None:
    async with open_surface(tmp_path) as surface:
        if not surface.can_take_back:
            pytest.skip("what was printed stays printed")
        row = await surface.row(Post("The whole answer"))
        first = await surface.chat.open_reply(row)
        await first.show(TextDelta("The wh"))
        before = surface.posts()
        second = await surface.chat.open_reply(replace(row, ref=first.ref))
        await second.show(TextDelta("The whole answer"))
        ref = await second.close(replace(row, ref=first.ref))
        assert ref == first.ref
        assert surface.posts() == before
        assert _seen(await surface.shown(ref)) == "Thewholeanswer"


@SURFACES
async def test_a_rewritten_post_replaces_the_old_one(open_surface: Open, tmp_path: Path) -> None:
    async with open_surface(tmp_path) as surface:
        if not surface.can_take_back:
            pytest.skip("what was printed stays printed")
        row = await surface.row(Post("Waits for approval", kind="card", buttons=(Button("approve", "A-1", "Approve"),)))
        ref = await surface.chat.deliver(row)
        ref = await surface.chat.deliver(replace(row, ref=ref, post=Post("Approved by Bo", kind="card")))
        assert _seen(await surface.shown(ref)) == "ApprovedbyBo"


@SURFACES
async def test_steps_and_notices_are_no_part_of_the_answer(open_surface: Open, tmp_path: Path) -> None:
    events: list[ReplyEvent] = [
        Notice("Reading the picture", "status"),
        ToolStarted("c1", "get_order_status", "Looking up order #88291", "{}"),
        ToolFinished("c1", "get_order_status", "done", "delivered"),
        TextDelta("It was delivered."),
    ]
    async with open_surface(tmp_path) as surface:
        if not surface.can_take_back:
            pytest.skip("what was printed stays printed")
        assert _seen(await _written(surface, Post("It was delivered."), events)) == "Itwasdelivered"


@pytest.mark.parametrize("open_surface", [slack_surface])
async def test_nothing_in_an_answer_calls_anybody(open_surface: Open, tmp_path: Path) -> None:
    text = "Hello @everyone <!channel> <@U012ABC> <@&123456789> @here"
    async with open_surface(tmp_path) as surface:
        assert [pings(each) for each in await _written(surface, Post(text), _pieces(text, 3))] == [[]]
