"""Pictures of a turn through the whole core: stored, looked at, compared, remembered, refused."""

import json
from collections.abc import Sequence
from pathlib import Path

from core.conversation import Attachment
from core.errors import ModelError
from core.finding import Finding
from core.looking import FirstEyes, ModelEyes, NoEyes, ReadingEyes
from core.modelling import Picture
from core.printed import codes_in, messages_in, numbers_in, totals_in, trackings_in
from core.steering import search_words, steered
from core.triage import triage
from core.vision import CheckedImage, Code
from tests.core.rig import THREAD, rig
from tests.core.test_looking import FixedReader
from tests.fakes.chat import MemoryChat
from tests.fakes.model import ScriptedModel, says

IMAGE = CheckedImage("0" * 64, Picture("image/png", b"png"), 10, 10)


def files(chat: MemoryChat, *shown: str) -> tuple[Attachment, ...]:
    for n, each in enumerate(shown):
        chat.files[f"at-{n}"] = f"picture:{each}".encode()
    return tuple(Attachment(f"F{n}", f"{n}.png", "image/png", 10, f"at-{n}") for n in range(len(shown)))


async def test_a_picture_alone_is_answered_and_kept(tmp_path: Path) -> None:
    chat = MemoryChat()
    model = ScriptedModel(says("I see a lamp."))
    async with rig(tmp_path, model, chat=chat) as here:
        await here.says("", attachments=files(chat, "a lamp"))
        await here.settled()
        assert here.texts[-1].startswith("I see a lamp.")
        (kept,) = await here.store.pictures.of_thread(THREAD, limit=5)
        assert kept.name == "0.png"


async def test_a_picture_sent_while_people_have_the_case_is_kept_though_no_turn_looks_at_it(tmp_path: Path) -> None:
    chat = MemoryChat()
    async with rig(tmp_path, ScriptedModel(), chat=chat) as here:
        await here.says("A human please")
        await here.settled()
        await here.says("Here it is", attachments=files(chat, "a lamp"))
        await here.settled()
        (kept,) = await here.store.pictures.of_thread(THREAD, limit=5)
    assert kept.name == "0.png"


async def test_a_picture_is_fetched_once_for_arrival_and_turn(tmp_path: Path) -> None:
    chat = MemoryChat()
    async with rig(tmp_path, ScriptedModel(says("A lamp.")), chat=chat) as here:
        await here.says("What is this?", attachments=files(chat, "a lamp"))
        await here.settled()
    assert chat.downloads == ["at-0"]


async def test_an_earlier_picture_is_looked_at_again_when_it_is_asked_about(tmp_path: Path) -> None:
    chat = MemoryChat()
    model = ScriptedModel(says("A lamp."), says("It is red."))
    async with rig(tmp_path, model, chat=chat) as here:
        await here.says("What is this?", attachments=files(chat, "a red lamp"))
        await here.settled()
        await here.says("Which colour is it in the photo?")
        await here.settled()
    assert "a red lamp" in model.requests[-1].messages[-1].text


async def test_several_pictures_are_compared_in_a_call_without_tools() -> None:
    model = ScriptedModel(says('{"answer": "The second one.", "pictures": [2, 9], "confidence": 0.8}'))
    compared = await ModelEyes(model).compare([IMAGE, IMAGE], question="Which box was dented?")
    assert compared is not None
    assert (compared.comparison.answer, compared.comparison.pictures) == ("The second one.", (2,))
    assert len(compared.used) == 1
    (request,) = model.requests
    assert request.tools == ()
    assert len(request.messages[-1].pictures) == 2


async def test_a_model_that_fails_leaves_the_text_to_be_read() -> None:
    eyes = FirstEyes(
        ModelEyes(ScriptedModel([ModelError("down")])), ReadingEyes(FixedReader(("Declined: E-4012", 0.9)))
    )
    finding = (await eyes.look(IMAGE, question="")).finding
    assert finding.is_text_only
    assert finding.error_codes == ("E-4012",)


async def test_what_was_measured_holds_whatever_the_model_says() -> None:
    code = Code("QRCode", "88291")
    image = CheckedImage("0" * 64, Picture("image/png", b""), 1, 1, codes=(code,), problems=("blurred",))
    told = json.dumps({"summary": "A label.", "codes": ["other"], "problems": ["cut off"], "is_text_only": True})
    finding = (await ModelEyes(ScriptedModel(says(told))).look(image, question="")).finding
    assert (finding.codes, finding.problems, finding.is_text_only) == (("88291",), ("blurred", "cut off"), False)
    assert (await NoEyes().look(image, question="")).finding.codes == ("88291",)


def test_printed_text_is_read_by_its_form() -> None:
    lines = ["Bestellnummer: 88291", "Payment declined: E-4012", "ERR_CONNECTION_RESET", "Gesamtbetrag", "129,00 €",
             "Tracking number JD014600008829", "Sent on 2 March 2026"]  # fmt: skip
    text = "\n".join(lines)
    assert numbers_in(text) == ("88291",)
    assert codes_in(text) == ("E-4012", "ERR_CONNECTION_RESET")
    assert messages_in(lines) == ("Payment declined: E-4012",)
    assert totals_in(lines) == ("129,00 €",)
    assert trackings_in(text) == ("JD014600008829",)


def test_what_is_seen_gives_a_category_where_words_gave_none_and_never_overrules_them() -> None:
    dented: Sequence[Finding] = [Finding(damage="severe", product="lamp")]
    assert steered(triage("look at this"), dented).category == "damaged_item"
    assert steered(triage("I want to sue you"), dented).category == "legal"
    assert steered(triage("look"), [Finding(damage="severe", is_text_only=True)]).category == "other"
    assert steered(triage("look"), [Finding(error_codes=("E-4012",))]).category == "bug"
    assert search_words(dented[0]) == "lamp arrived damaged"
