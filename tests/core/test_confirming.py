"""A number on a picture is used once the customer said that it was read right."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.confirming import exchanges, was_confirmed
from core.conversation import Line
from core.finding import Finding
from core.settings import ApprovalSettings
from tests.core.rig import rig
from tests.core.test_evidence import Sees
from tests.core.test_gallery import files
from tests.fakes.chat import MemoryChat
from tests.fakes.model import ScriptedModel, calls, says

_AT = datetime(2026, 11, 24, tzinfo=UTC)
_WISH = calls("initiate_refund", '{"order_id": "88291", "reason": "it arrived broken"}')
_RECEIPT = Sees(Finding(kind="document", text="Order #88291", order_numbers=("88291",)))
_GENEROUS = ApprovalSettings(limit=ApprovalSettings().limit * 10)


@pytest.mark.parametrize(
    ("answer", "is_confirmed"),
    [("yes", True), ("Yes, that's right", True), ("no", False), ("yes, but not that one", False), ("88291?", False)],
)
def test_only_a_plain_yes_confirms(answer: str, is_confirmed: bool) -> None:
    said = exchanges([Line("bot", "", "I read order #88291. Is that right?", _AT)], [answer], "u1")
    assert was_confirmed("88291", said) is is_confirmed
    assert not was_confirmed("99999", said)


def test_somebody_elses_yes_and_a_statement_of_ours_confirm_nothing() -> None:
    asked = Line("bot", "", "I read order 88291. Is that right?", _AT)
    theirs = Line("customer", "Eve", "yes", _AT, author_id="u2")
    assert exchanges([asked, theirs], ["refund it"], "u1") == ()
    assert exchanges([Line("bot", "", "It is order 88291.", _AT)], ["yes"], "u1") == ()


async def test_a_number_on_a_picture_is_asked_about_before_money_moves(tmp_path: Path) -> None:
    chat = MemoryChat()
    model = ScriptedModel(
        _WISH, says("I read order number 88291 on your picture. Is that right?"), _WISH, says("It is refunded.")
    )
    async with rig(tmp_path, model, chat=chat, eyes=_RECEIPT, approvals=_GENEROUS) as here:
        await here.says("This arrived broken, refund please", attachments=files(chat, "x"))
        await here.settled()
        assert here.paid == []
        assert "stands on a picture only" in model.requests[1].messages[-1].text
        await here.says("Yes, please refund it")
        await here.settled()
        assert len(here.paid) == 1


async def test_a_number_that_nobody_read_or_named_is_asked_for(tmp_path: Path) -> None:
    chat = MemoryChat()
    wish = calls("initiate_refund", '{"order_id": "99999", "reason": "it arrived broken"}')
    model = ScriptedModel(wish, says("Which order is it?"))
    async with rig(tmp_path, model, chat=chat, eyes=_RECEIPT, approvals=_GENEROUS) as here:
        await here.says("This arrived broken, refund please", attachments=files(chat, "x"))
        await here.settled()
        assert here.paid == []
        assert "never named" in model.requests[1].messages[-1].text
