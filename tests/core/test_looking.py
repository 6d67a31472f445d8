"""Findings come from a model by form, from letters by reading, or say that nothing could be seen."""

import json

from core.looking import ModelEyes, NoEyes, ReadingEyes
from core.modelling import Picture
from core.phrases import NO_VISION
from core.vision import CheckedImage, ReadLine
from tests.fakes.model import ScriptedModel, says

IMAGE = CheckedImage("0" * 64, Picture("image/png", b"png"), 10, 10)


class FixedReader:
    """Reads the same lines off any picture."""

    def __init__(self, *lines: tuple[str, float]) -> None:
        self._lines = [ReadLine(text, confidence) for text, confidence in lines]

    async def read(self, image: bytes) -> list[ReadLine]:
        return self._lines


async def test_a_models_form_becomes_a_finding_in_a_call_without_tools() -> None:
    form = json.dumps({"kind": "parcel", "summary": "A crushed box.", "damage": "severe", "is_text_only": True})
    model = ScriptedModel(says(form))
    finding = (await ModelEyes(model).look(IMAGE, question="Look")).finding
    assert (finding.kind, finding.damage, finding.is_text_only) == ("parcel", "severe", False)
    (request,) = model.requests
    assert request.tools == ()
    assert request.messages[-1].pictures == (IMAGE.picture,)


async def test_an_answer_that_is_no_form_is_asked_for_again() -> None:
    finding = (
        await ModelEyes(ScriptedModel(says("Sure!"), says('{"summary": "A lamp."}'))).look(IMAGE, question="")
    ).finding
    assert finding.summary == "A lamp."


async def test_two_bad_answers_become_a_finding_that_says_so() -> None:
    finding = (await ModelEyes(ScriptedModel(says("no"), says("nor this"))).look(IMAGE, question="")).finding
    assert finding.problems == ("what it shows could not be told",)


async def test_reading_finds_codes_and_numbers_and_says_that_it_only_read() -> None:
    reader = FixedReader(("Error E-4012: declined", 0.99), ("Order #88291", 0.98), ("smudge", 0.2))
    finding = (await ReadingEyes(reader).look(IMAGE, question="")).finding
    assert finding.is_text_only
    assert finding.summary == NO_VISION
    assert finding.text == "Error E-4012: declined\nOrder #88291"
    assert "E-4012" in " ".join(finding.error_codes)
    assert finding.order_numbers == ("88291",)


async def test_a_picture_without_text_is_said_to_have_none() -> None:
    finding = (await ReadingEyes(FixedReader()).look(IMAGE, question="")).finding
    assert "no readable text" in finding.summary


async def test_without_eyes_a_person_is_offered() -> None:
    finding = (await NoEyes().look(IMAGE, question="")).finding
    assert "a person can" in finding.as_data()
