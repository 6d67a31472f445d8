"""What a terminal shows."""

import io

import click

from adapters.terminal.drawing import Screen
from core.conversation import Thread
from core.reply import (
    Citation,
    Delivery,
    FindingMade,
    Notice,
    Post,
    ReplyEnded,
    SourceCited,
    TextDelta,
    ToolFinished,
    ToolStarted,
)

_EVIL = "\x1b[2J\x1b]0;owned\x07 \x9b31m"


def test_nothing_that_others_wrote_commands_the_terminal() -> None:
    out = io.StringIO()
    screen = Screen(out)
    for event in (
        TextDelta(f"a{_EVIL}"),
        ToolStarted("c", "t", f"Looking {_EVIL}", "{}"),
        ToolFinished("c", "t", "done", _EVIL),
        SourceCited(Citation(1, _EVIL, _EVIL, "")),
        FindingMade(_EVIL, _EVIL, is_text_only=False),
        Notice(_EVIL, "problem"),
        ReplyEnded(f"b{_EVIL}", "answered"),
        Delivery(id=1, thread=Thread("t", "terminal", "c"), post=Post(_EVIL, kind="card")),
    ):
        screen.draw(event)
    shown = click.unstyle(out.getvalue())
    assert not [char for char in shown if char in "\x1b\x07\x9b"]
    assert shown.count("␛[2J") == 10


def test_a_stream_and_its_end_are_one_text() -> None:
    out = io.StringIO()
    screen = Screen(out)
    screen.draw(TextDelta("Hel"))
    screen.draw(TextDelta("lo"))
    screen.draw(ReplyEnded("Hello", "answered"))
    assert out.getvalue() == "Hello\n\n"
