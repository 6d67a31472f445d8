"""Our fixed lines in the customer's language."""

import string
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import phrases
from core.hours import in_words
from core.speaking import in_tongue
from tests.core.rig import THREAD, rig
from tests.fakes.model import ScriptedModel, says

_CODES = ("de", "es", "fr", "it", "nl", "pt")


def _holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", _CODES)
def test_every_tongue_has_the_same_lines_with_the_same_holes_and_names_of_buttons(code: str) -> None:
    lines, german = import_module(f"core.fixedlines.{code}").LINES, import_module("core.fixedlines.de").LINES
    assert set(lines) == set(german)
    for english, words in lines.items():
        assert _holes(words) == _holes(english)
        for button in (phrases.VERIFY, phrases.TALK_TO_PERSON):
            assert (lines[button] in words) is (button in english)
        assert words != english


@pytest.mark.parametrize("code", _CODES)
def test_a_line_with_holes_keeps_what_stands_in_them(code: str) -> None:
    when = "Monday, 30 November, 09:00 {sic}"
    said = in_tongue(f"Good.\n\n{phrases.AWAY.format(when=when)}", code)
    assert said.startswith("Good.\n\n")
    assert when in said
    assert "Our team" not in said


@given(st.text(), st.sampled_from([*_CODES, "en", "", "xx"]))
def test_what_is_no_line_of_ours_is_not_touched(text: str, code: str) -> None:
    assert in_tongue(text, code) == text


async def test_whoever_writes_german_hears_of_the_hand_over_in_german_and_our_transcript_stays_one(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path, ScriptedModel(), language=lambda _: "de") as core:
        await core.says("I want to talk to a human please")
        await core.settled()
        [shown] = core.chat.texts(THREAD.key)
        assert "an einen Menschen weitergegeben" in shown
        assert phrases.HANDED_OFF not in shown


async def test_notices_and_buttons_outside_of_an_answer_are_in_the_customers_language_too(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Gern.")), language=lambda _: "de") as core:
        await core.says("Ich habe eine Frage, wo ist meine Bestellung und wann kommt sie?")
        await core.settled()
        told = await core.presses("escalate", by="u1")
        case = await core.store.cases.find(THREAD)
        assert case is not None
        assert told == f"Weitergegeben als Fall {case.id}."
        await core.presses("hand_back", case.id)
        answer, *notices = [post for ref, post in core.chat.messages.items() if core.chat.threads[ref] == THREAD.key]
        assert [each.label for each in answer.buttons][-1] == "Mit einem Menschen sprechen"
        assert "an einen Menschen weitergegeben" in notices[0].text
        assert notices[1].text.startswith("Ich bin in diesem Gespräch zurück")


def test_moments_have_the_days_of_the_language() -> None:
    at = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)
    line = phrases.CALLBACK_AGREED.format(when=in_words(at, ZoneInfo("Europe/Berlin")))
    assert in_tongue(line, "de") == "Wir melden uns hier wieder bei dir: Do 26. Nov. 15:00 (Europe/Berlin)."
    assert "jeu. 26 nov. 15:00" in in_tongue(line, "fr")
