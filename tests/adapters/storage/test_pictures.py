"""Pictures are kept by what they are."""

from dataclasses import replace
from datetime import UTC, datetime

from adapters.storage.store import Store
from core.conversation import Attachment, Author
from core.finding import Finding
from core.modelling import Picture
from core.turn import InboxEvent
from core.vision import CheckedImage, Code
from tests.adapters.storage.scene import message

IMAGE = CheckedImage("a" * 64, Picture("image/png", b"\x89PNG..."), 10, 20)
FILE = Attachment("F1", "box.png", "image/png", 8, "")


async def test_the_same_upload_in_two_messages_is_kept_once(store: Store) -> None:
    await store.pictures.keep(message(id="1"), FILE, IMAGE)
    await store.pictures.keep(message(id="1"), FILE, IMAGE)
    await store.pictures.keep(message(id="2"), FILE, IMAGE)
    assert await store.pictures.content("a" * 64) == IMAGE.picture
    assert await store.pictures.content("b" * 64) is None


async def test_a_finding_is_remembered_for_its_picture_and_question(store: Store) -> None:
    found = Finding(kind="parcel", summary="A dented box.", order_numbers=("88291",), damage="severe")
    assert await store.pictures.finding("a" * 64, "Is it broken?") is None
    await store.pictures.found("a" * 64, "Is it broken?", found)
    await store.pictures.found("a" * 64, "Is it broken?", Finding(summary="Another look."))
    assert await store.pictures.finding("a" * 64, "Is it broken?") == found
    assert await store.pictures.finding("a" * 64, "What colour is it?") is None


async def test_an_image_comes_back_whole_with_its_parts(store: Store) -> None:
    image = CheckedImage(
        "c" * 64,
        IMAGE.picture,
        10,
        20,
        more=(Picture("image/png", b"two"), Picture("image/jpeg", b"three")),
        note="a PDF of 3 pages",
        codes=(Code("QRCode", "88291"),),
        problems=("blurred",),
    )
    await store.pictures.keep(message(id="1"), FILE, image)
    assert await store.pictures.kept(message(id="1"), FILE) == image
    assert await store.pictures.kept(message(id="2"), FILE) is None
    (kept,) = await store.pictures.of_thread(message().thread, limit=3)
    assert (kept.message_id, kept.name, kept.image) == ("1", "box.png", image)


async def test_forgetting_a_person_leaves_what_others_sent_too(store: Store) -> None:
    mine, shared = replace(IMAGE, sha256="d" * 64), replace(IMAGE, sha256="e" * 64)
    stranger = replace(message(id="9"), author=Author("u9", "Eve"))
    await store.pictures.keep(message(id="1"), FILE, mine)
    await store.pictures.keep(message(id="2"), FILE, shared)
    await store.pictures.keep(stranger, FILE, shared)
    await store.pictures.found("d" * 64, "?", Finding(summary="A box."))
    thread = message().thread
    assert await store.pictures.forget("other", thread.platform, message().author.id) == 0
    assert await store.pictures.forget(thread.tenant, thread.platform, message().author.id) == 1
    assert await store.pictures.content("d" * 64) is None
    assert await store.pictures.finding("d" * 64, "?") is None
    assert await store.pictures.content("e" * 64) is not None
    assert await store.pictures.kept(message(id="2"), FILE) is None


async def test_old_images_are_swept_with_all_that_was_found(store: Store) -> None:
    await store.pictures.keep(message(id="1"), FILE, replace(IMAGE, more=(IMAGE.picture,)))
    await store.pictures.found("a" * 64, "?", Finding(summary="A box."))
    assert await store.kept.sweep("pictures", datetime(2000, 1, 1, tzinfo=UTC), limit=9) == 0
    assert await store.kept.sweep("pictures", datetime(2100, 1, 1, tzinfo=UTC), limit=9) == 1
    assert await store.pictures.finding("a" * 64, "?") is None


async def test_a_picture_from_earlier_in_the_thread_speaks_for_whoever_posted_it(store: Store) -> None:
    await store.pictures.keep(message(id="1"), replace(FILE, author_id="u7"), IMAGE)
    await store.pictures.found("a" * 64, "?", Finding(summary="A box."))
    thread = message().thread
    assert await store.pictures.findings(thread, message().author.id) == []
    assert [each.summary for each in await store.pictures.findings(thread, "u7")] == ["A box."]


async def test_an_edit_leaves_what_came_before_the_message_with_it(store: Store) -> None:
    earlier = replace(FILE, id="F0", author_id="u7")
    said = replace(message(id="1"), attachments=(FILE, earlier))
    await store.inbox.save(InboxEvent("message", message=said, keys=said.all_keys))
    assert await store.inbox.edit(replace(said, attachments=(FILE,))) is None
    changed = await store.inbox.edit(replace(said, text="other words", attachments=()))
    assert changed is not None
    assert changed.message is not None
    assert changed.message.attachments == (earlier,)
