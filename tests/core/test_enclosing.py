"""Pictures cross with the words they came with: to the team as copies, to the customer as they are."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from adapters.vision.copying import PillowCopier
from core.conversation import Attachment, Message, Thread
from core.enclosing import Enclosing
from core.modelling import Picture
from core.reply import Delivery, Enclosed, Post
from core.vision import CheckedImage, ReadLine
from tests.core.rig import STAFF, THREAD, rig
from tests.core.test_gallery import files
from tests.core.test_staffroom import SAM, escalated
from tests.fakes.chat import MemoryChat
from tests.fakes.model import ScriptedModel, says


def sent_in(chat: MemoryChat, place: str) -> list[tuple[str, bytes]]:
    """Name and content of all files that were sent somewhere."""
    return [
        (each.name, each.content)
        for ref, files in chat.sent.items()
        if chat.threads[ref].startswith(place)
        for each in files
    ]


async def test_the_packet_brings_copies_of_the_cases_pictures(tmp_path: Path) -> None:
    chat = MemoryChat()
    async with rig(tmp_path, ScriptedModel(says("A dented box.")), chat=chat) as here:
        await here.says("Look", attachments=files(chat, "a dented box"))
        await here.settled()
        await here.presses("escalate", by="u1", text="It is broken")
        await here.settled()
    assert sent_in(chat, STAFF.key) == [("0.png", b"copy of picture:a dented box")]


async def test_a_customers_picture_follows_their_words_into_the_room(tmp_path: Path) -> None:
    chat = MemoryChat()
    async with rig(tmp_path, ScriptedModel(), chat=chat) as here:
        _, room = await escalated(here)
        await here.says("Here is the box", attachments=files(chat, "a box"))
        await here.settled()
        assert sent_in(chat, room.key) == [("0.png", b"copy of picture:a box")]


async def test_a_file_that_is_no_picture_is_named_and_not_carried_over(tmp_path: Path) -> None:
    chat = MemoryChat()
    chat.files["evil"] = b"MZ..."
    async with rig(tmp_path, ScriptedModel(), chat=chat) as here:
        _, room = await escalated(here)
        await here.says("Run this", attachments=(Attachment("F9", "run.exe", "image/png", 5, "evil"),))
        await here.settled()
        assert not chat.sent
        assert "run.exe" in chat.texts(room.key)[-1]
        assert "not carried over" in chat.texts(room.key)[-1]


async def test_papers_and_data_pass_as_they_are_and_what_could_run_is_said_to_stay(tmp_path: Path) -> None:
    chat = MemoryChat()
    chat.files |= {"log": b"12:00 error 42\n", "paper": b"%PDF-1.7 a label", "worm": b"MZ\x90\0", "page": b"<html>"}
    async with rig(tmp_path, ScriptedModel(), chat=chat) as here:
        case, room = await escalated(here)
        log_ = Attachment("F1", "my app.log", "text/plain", 15, "log")
        await here.says("The log", attachments=(log_, Attachment("F2", "tool.exe", "", 4, "worm")))
        await here.settled()
        assert sent_in(chat, room.key) == [("my app.log", b"12:00 error 42\n")]
        assert "(not carried over: “tool.exe”: it is a program, which is not passed on" in chat.texts(room.key)[-1]
        label = Attachment("F3", "label.pdf", "application/pdf", 16, "paper")
        page = Attachment("F4", "offer.pdf", "application/pdf", 6, "page")
        said = Message("s9", room, SAM, ">> Your label", here.clock.now(), (label, page), is_staff_place=True)
        await here.reception.receive(said)
        await here.settled()
        assert sent_in(chat, case.thread.key) == [("label.pdf", b"%PDF-1.7 a label")]
        assert "“offer.pdf”: it is a web page or a script" in here.texts[-1]


def letters_left(content: bytes, box: tuple[int, int, int, int]) -> float:
    """How much the brightness varies from pixel to pixel inside a box; letters make it vary a lot."""
    with Image.open(io.BytesIO(content)) as opened:
        part = opened.convert("L").crop(box)
    pixels = np.asarray(part, dtype=float)
    return float(np.abs(np.diff(pixels, axis=0)).mean())


async def test_a_card_number_in_a_picture_is_unreadable_in_the_copy_for_the_team(tmp_path: Path) -> None:
    image = Image.new("RGB", (400, 60), "white")
    draw = ImageDraw.Draw(image)
    draw.text((10, 5), "Order 88291 arrived", fill="black")
    draw.text((10, 35), "4111 1111 1111 1111", fill="black")
    made = io.BytesIO()
    image.save(made, "PNG")
    lines = (
        ReadLine("Order 88291 arrived", 0.9, (8, 3, 150, 20)),
        ReadLine("4111 1111 1111 1111", 0.9, (8, 33, 150, 50)),
    )
    chat = MemoryChat()
    async with rig(tmp_path, ScriptedModel(), chat=chat) as here:
        enclosing = Enclosing(OneImage(made.getvalue()), PillowCopier(), here.clock, Reads(*lines))
        attachment = Attachment("F1", "card.png", "image/png", 1, "")
        enclosed = Enclosed(attachment, THREAD, "1", "u1", is_for_staff=True)
        post = Post("Look", kind="relay", enclosed=(enclosed,))
        (file,) = (await enclosing.filled(Delivery(1, STAFF, post))).files
        whole = Post("Look", kind="relay", enclosed=(replace(enclosed, is_for_staff=False),))
        (uncut,) = (await enclosing.filled(Delivery(2, THREAD, whole))).files
    assert letters_left(file.content, (8, 33, 150, 50)) < 1 < letters_left(file.content, (8, 3, 150, 20))
    assert uncut.content == made.getvalue()


async def test_of_an_identity_paper_nothing_is_left_in_the_copy_for_the_team(tmp_path: Path) -> None:
    image = Image.new("RGB", (400, 200), "white")
    ImageDraw.Draw(image).text((10, 100), "a face, a birthday", fill="black")
    made = io.BytesIO()
    image.save(made, "PNG")
    lines = (
        ReadLine("PASSPORT No. L898902C3", 0.9, (8, 3, 150, 20)),
        ReadLine("a face, a birthday", 0.9, (8, 98, 150, 115)),
    )
    async with rig(tmp_path, ScriptedModel()) as here:
        enclosing = Enclosing(OneImage(made.getvalue()), PillowCopier(), here.clock, Reads(*lines))
        copy = await enclosing.for_staff(Picture("image/png", made.getvalue()))
    assert letters_left(copy.content, (8, 98, 150, 115)) < 1


async def test_a_picture_of_the_team_reaches_the_customer_as_it_is_and_stays_when_the_words_change(
    tmp_path: Path,
) -> None:
    chat = MemoryChat()
    async with rig(tmp_path, ScriptedModel(), chat=chat) as here:
        _, room = await escalated(here)
        shown = files(chat, "the label")
        message = Message("s1", room, SAM, ">> Use this label.", here.clock.now(), shown, is_staff_place=True)
        await here.reception.receive(message)
        await here.settled()
        assert sent_in(chat, THREAD.key) == [("0.png", b"picture:the label")]
        again = Message("s1", room, SAM, ">> Print this label.", here.clock.now(), shown, is_staff_place=True)
        await here.reception.edit(again)
        await here.settled()
        assert here.texts[-1] == "Print this label."
        assert len(sent_in(chat, THREAD.key)) == 1


async def test_talk_of_the_team_with_a_picture_stays_inside(tmp_path: Path) -> None:
    chat = MemoryChat()
    async with rig(tmp_path, ScriptedModel(), chat=chat) as here:
        _, room = await escalated(here)
        talk = Message("s2", room, SAM, "look at this", here.clock.now(), files(chat, "x"), is_staff_place=True)
        await here.reception.receive(talk)
        await here.settled()
    assert not sent_in(chat, THREAD.key)


class OneImage:
    """The same picture for every attachment."""

    def __init__(self, content: bytes) -> None:
        self._image = CheckedImage("0" * 64, Picture("image/png", content), 400, 60)

    async def kept(self, message: Message, attachment: Attachment) -> CheckedImage | str:
        return self._image

    async def content(self, place: Thread, attachment: Attachment) -> bytes:
        return self._image.picture.content


class Reads:
    """Reads the same lines off every picture."""

    def __init__(self, *lines: ReadLine) -> None:
        self._lines = lines

    async def read(self, image: bytes) -> list[ReadLine]:
        return [*self._lines]
