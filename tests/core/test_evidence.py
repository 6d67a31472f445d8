"""A rule of the operator's can want a photo of the damage, on the thing that was ordered."""

import json
from collections.abc import Sequence
from pathlib import Path

from core.evidence import Evidence, claims_damage
from core.finding import Finding
from core.policy import DEFAULT_ROWS, Agreement
from core.settings import ApprovalSettings
from core.tables import Row
from core.tools import ToolResult
from core.vision import CheckedImage, Compared, Look
from tests.core.rig import STAFF, rig
from tests.core.test_enclosing import sent_in
from tests.core.test_gallery import files
from tests.fakes.chat import MemoryChat
from tests.fakes.model import ScriptedModel, calls, says

LAMP = {"order": ToolResult("Order #1", {"lines": [{"product": "Reading lamp, brass"}]})}
_SEEN = Finding(damage="severe", product="lamp")
_RULES = (
    Row[Agreement](
        name="damage needs a photo",
        when={"effect": "money", "damaged": True, "photo": ["missing", "other"]},
        then=Agreement(verdict="photo"),
    ),
    Row[Agreement](
        name="nobody saw the photo",
        when={"effect": "money", "damaged": True, "photo": "unread"},
        then=Agreement(verdict="ask"),
    ),
    *DEFAULT_ROWS,
)


def test_a_photo_speaks_for_damage_only_on_what_was_ordered() -> None:
    assert Evidence().photo(LAMP) == "missing"
    assert Evidence([_SEEN]).photo(LAMP) == "damage"
    assert Evidence([Finding(damage="severe", product="bicycle")]).photo(LAMP) == "other"
    assert Evidence([Finding(damage="minor", kind="parcel", product="cardboard box")]).photo(LAMP) == "damage"
    assert Evidence([Finding(damage="none", product="lamp")]).photo(LAMP) == "other"
    assert Evidence([Finding(damage="severe", is_text_only=True)]).photo(LAMP) == "unread"
    assert Evidence([Finding(damage="none"), _SEEN]).photo(LAMP) == "damage"


def test_damage_is_claimed_by_the_customers_words_or_the_calls_reason() -> None:
    assert claims_damage("The lamp arrived broken", {})
    assert claims_damage("Refund please", {"reason": "item was damaged in transit"})
    assert not claims_damage("I changed my mind", {"reason": "no longer wanted", "order_id": "broken"})


class Sees:
    """Sees the same in every picture."""

    name = "sees"

    def __init__(self, finding: Finding) -> None:
        self._finding = finding

    async def look(self, image: CheckedImage, *, question: str) -> Look:
        return Look(self._finding)

    async def compare(self, images: Sequence[CheckedImage], *, question: str) -> Compared | None:
        return None


_WISH = calls("initiate_refund", '{"order_id": "88291", "reason": "it arrived broken"}')


async def test_a_refund_for_damage_waits_for_the_photo_and_then_goes_through(tmp_path: Path) -> None:
    chat, eyes = MemoryChat(), Sees(Finding(damage="severe", kind="parcel", summary="A crushed parcel."))
    approvals = ApprovalSettings(limit=ApprovalSettings().limit * 10, rows=_RULES)
    async with rig(
        tmp_path, ScriptedModel(_WISH, _WISH, says("It is refunded.")), chat=chat, eyes=eyes, approvals=approvals
    ) as here:
        await here.says("Order 88291 arrived broken, refund please")
        await here.settled()
        assert here.paid == []
        assert "photo that shows the damage" in here.texts[-1]
        await here.says("Here is the photo, refund order 88291", attachments=files(chat, "x"))
        await here.settled()
        assert len(here.paid) == 1


async def test_a_photo_of_another_thing_pays_nothing(tmp_path: Path) -> None:
    chat, eyes = MemoryChat(), Sees(Finding(damage="severe", kind="product", product="bicycle"))
    approvals = ApprovalSettings(limit=ApprovalSettings().limit * 10, rows=_RULES)
    async with rig(tmp_path, ScriptedModel(_WISH), chat=chat, eyes=eyes, approvals=approvals) as here:
        await here.says("Order 88291 arrived broken, refund please", attachments=files(chat, "x"))
        await here.settled()
        assert here.paid == []
        (turn,) = await here.store.desk.trace((await here.store.cases.of_author("t1", "memory", "u1"))[0].id)
        assert "photo that shows the damage" in json.dumps(turn.steps)


async def test_whoever_has_to_agree_sees_the_picture_and_what_it_shows(tmp_path: Path) -> None:
    finding = Finding(damage="severe", kind="parcel", summary="A crushed parcel.", text="12 Harbour Street")
    chat = MemoryChat()
    model = ScriptedModel(_WISH, says("A colleague has to agree."))
    async with rig(tmp_path, model, chat=chat, eyes=Sees(finding), limit="1") as here:
        await here.says("Order 88291 arrived broken, refund please", attachments=files(chat, "x"))
        await here.settled()
        (card,) = chat.texts(STAFF.key)
        assert "their picture: A crushed parcel.; damage: severe" in card
        assert "Harbour" not in card
        assert [name for name, _ in sent_in(chat, STAFF.key)] == ["0.png"]
