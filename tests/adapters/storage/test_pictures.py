"""Pictures are kept by what they are."""

from adapters.storage.store import Store
from core.conversation import Attachment
from core.modelling import Picture
from core.vision import CheckedImage, Finding
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
