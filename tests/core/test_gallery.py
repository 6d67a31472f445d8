"""Pictures of a turn through the whole core: stored, looked at, compared, remembered, refused."""

import json
from collections.abc import Sequence
from pathlib import Path

from core.conversation import Attachment
from core.errors import ModelError
from core.finding import Comparison, Finding
from core.looking import FirstEyes, ModelEyes, NoEyes, ReadingEyes
from core.modelling import Picture
from core.phrases import NO_VISION
from core.printed import codes_in, messages_in, numbers_in, totals_in, trackings_in
from core.settings import ImageSettings
from core.steering import search_words, steered
from core.triage import triage
from core.vision import CheckedImage, Code, Compared, Look
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


async def test_pictures_beyond_a_persons_share_of_the_day_are_not_looked_at_and_that_is_said(tmp_path: Path) -> None:
    chat = MemoryChat()
    model = ScriptedModel(says("A lamp and a chair."))
    async with rig(tmp_path, model, chat=chat, images=ImageSettings(per_customer=2)) as here:
        await here.says("What are these?", attachments=files(chat, "a lamp", "a chair", "a table"))
        await here.settled()
        assert "a day" in here.texts[-1]
        assert "a table" not in model.requests[0].messages[-1].text
        assert "a chair" in model.requests[0].messages[-1].text


async def test_a_new_picture_is_compared_with_the_one_before_it(tmp_path: Path) -> None:
    chat, eyes = MemoryChat(), Compares()
    async with rig(tmp_path, ScriptedModel(says("A box."), says("The first.")), chat=chat, eyes=eyes) as here:
        await here.says("What is this?", attachments=files(chat, "a box"))
        await here.settled()
        chat.files["at-7"] = b"picture:another box"
        await here.says("Which of both was dented?", attachments=(Attachment("F7", "7.png", "image/png", 9, "at-7"),))
        await here.settled()
    assert eyes.compared == [2]


async def test_what_a_picture_took_stands_in_the_trace(tmp_path: Path) -> None:
    chat = MemoryChat()
    async with rig(tmp_path, ScriptedModel(says("A lamp.")), chat=chat) as here:
        await here.says("What is this?", attachments=files(chat, "a lamp"))
        await here.settled()
        (case,) = await here.store.cases.of_author("t1", "memory", "u1")
        (trace,) = await here.store.desk.trace(case.id)
    took = json.loads(next(line for kind, line in trace.steps if kind == "picture"))
    assert took["name"] == "0.png"
    assert {"seconds", "tokens", "requests", "money", "by", "known"} <= took.keys()


async def test_what_can_and_cannot_be_seen_is_said_once_a_case(tmp_path: Path) -> None:
    chat, eyes = MemoryChat(), ReadingEyes(FixedReader(("Declined: E-4012", 0.9)))
    async with rig(tmp_path, ScriptedModel(says("It was declined."), says("Try again.")), chat=chat, eyes=eyes) as here:
        await here.says("What does it say?", attachments=files(chat, "x"))
        await here.settled()
        assert here.texts[-1].startswith(NO_VISION)
        chat.files["at-7"] = b"picture:more"
        await here.says("And here?", attachments=(Attachment("F7", "7.png", "image/png", 9, "at-7"),))
        await here.settled()
        assert NO_VISION not in here.texts[-1]


class Compares:
    """Sees a box in every picture, and counts what it is given to compare."""

    name = "compares"

    def __init__(self) -> None:
        self.compared: list[int] = []

    async def look(self, image: CheckedImage, *, question: str) -> Look:
        return Look(Finding(summary="A box."))

    async def compare(self, images: Sequence[CheckedImage], *, question: str) -> Compared | None:
        self.compared.append(len(images))
        return Compared(Comparison(answer="The first."))
