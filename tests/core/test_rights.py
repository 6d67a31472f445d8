"""Who of the team may do what, and that a team sees its own tenant's cases alone."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import phrases
from core.case import Case
from core.conversation import Author, Message, Thread
from core.desksettings import DeskSettings, PersonSettings, TeamSettings
from core.reply import Press
from core.rights import Rights, Role, RoleSettings, TenantSettings
from core.rota import Rota
from tests.core.rig import STAFF, THREAD, Rig, rig
from tests.core.test_staffroom import escalated, room_texts
from tests.fakes.model import ScriptedModel

ROLES = RoleSettings(leads=("lena",), agents=("staff-1", "S0AGENTS"), viewers=("vera", "staff-9"))
HERE, THERE = Thread("north", "memory", "room", "r"), Thread("south", "memory", "room", "r")
NORTH, SOUTH = Thread("north", "memory", "desk-north"), Thread("south", "memory", "desk-south")
TENANTS = (
    TenantSettings(name="north", members=("memory:north",), staff=("memory:desk-north",)),
    TenantSettings(name="south", members=("memory:south",), staff=("memory:desk-south",)),
)


@pytest.mark.parametrize(
    ("who", "role"),
    [
        (("lena",), "lead"),
        (("staff-1",), "agent"),
        (("u7", "S0AGENTS"), "agent"),
        (("lena", "S0AGENTS"), "lead"),
        (("vera",), "viewer"),
        (("nobody",), "viewer"),
    ],
)
def test_the_highest_role_that_fits_counts(who: tuple[str, ...], role: Role) -> None:
    assert Rights(ROLES).role(who, STAFF) == role


def test_while_nobody_is_named_everybody_who_can_press_is_a_lead() -> None:
    assert Rights().refusal("approve", ("anybody",), place=STAFF) == ""


@pytest.mark.parametrize("act", ["claim", "reply", "send_draft", "resolve", "transcript", "snooze", "reassign"])
def test_viewers_read_along_and_are_told_why_in_one_line(act: str) -> None:
    line = Rights(ROLES).refusal(act, ("vera",), place=STAFF)
    assert line.startswith("You are a viewer here; it takes an agent to ")
    assert "\n" not in line


@given(st.sampled_from(["approve", "approve_as", "deny", "vouch"]), st.sampled_from(["staff-1", "vera", "x"]))
def test_only_leads_approve(act: str, who: str) -> None:
    assert Rights(ROLES).refusal(act, (who,), place=STAFF)
    assert not Rights(ROLES).refusal(act, ("lena",), place=STAFF)


def test_named_approvers_approve_whatever_their_role() -> None:
    rights = Rights(ROLES, approvers=("vera",))
    assert not rights.refusal("approve", ("vera",), place=STAFF)
    assert rights.refusal("approve", ("lena",), place=STAFF) == phrases.NOT_ALLOWED


async def test_the_core_checks_roles_at_the_act_however_it_is_asked_for(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=DeskSettings(roles=ROLES)) as here:
        case, room = await escalated(here)
        refused = await here.presses("claim", case.id, by="staff-9")
        assert refused == "You are a viewer here; it takes an agent to claim cases."
        now = datetime(2026, 3, 2, tzinfo=UTC)
        message = Message("s1", room, Author("staff-9", "Vera"), ">> Hello", now, is_staff_place=True)
        await here.reception.receive(message)
        await here.settled()
        assert "it takes an agent to write to customers" in room_texts(here, room)[-1]
        assert "Hello" not in here.texts
        grouped = replace(message, id="s2", author=Author("u7", "Uma", groups=("S0AGENTS",)))
        await here.reception.receive(grouped)
        await here.settled()
        assert here.texts[-1] == "Hello"
        assert (
            await here.presses("approve", "A-1", by="staff-1") == "You are an agent here; it takes a lead to approve."
        )
        assert "somebody else's case" in await here.presses("reassign", case.id, by="staff-1", text="tier 2")


async def asked(here: Rig, thread: Thread, n: int) -> Case:
    """A customer of a tenant asks for a person."""
    message = Message(f"m{n}", thread, Author(f"u{n}", "Ada"), "A human, please", datetime(2026, 3, 2, tzinfo=UTC))
    await here.reception.receive(message)
    await here.settled()
    case = await here.store.cases.find(thread)
    assert case is not None
    return case


def texts_in(here: Rig, place: Thread) -> str:
    """All that stands in a staff channel and its threads."""
    keys = [key for key in dict.fromkeys(here.chat.threads.values()) if f":{place.channel}:" in key]
    return "\n".join(text for key in keys for text in here.chat.texts(key))


async def test_a_team_never_sees_or_touches_a_case_of_another_tenant(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=DeskSettings(tenants=TENANTS)) as here:
        north, south = await asked(here, HERE, 1), await asked(here, THERE, 2)
        assert north.id in texts_in(here, NORTH)
        assert south.id in texts_in(here, SOUTH)
        assert south.id not in texts_in(here, NORTH)
        assert north.id not in texts_in(here, SOUTH)
        for n, act in enumerate(("claim", "reply", "edit_send", "resolve", "note", "transcript", "reassign", "snooze")):
            press = Press(f"p{n}", act, south.id, "sam", "Sam", NORTH, True, "Hello")
            assert await here.reception.press(press) == phrases.NOT_FOUND
        after = await here.store.cases.get(south.id)
        assert after == south
        own = Press("own", "claim", south.id, "kim", "Kim", SOUTH, True)
        assert await here.reception.press(own) == f"Case {south.id} is yours."


async def test_turns_and_names_stay_within_a_tenant(tmp_path: Path) -> None:
    def team(tenant: str) -> TeamSettings:
        return TeamSettings(tier=3, tenant=tenant, people=(PersonSettings(id=f"{tenant}-1", name=f"Ann {tenant}"),))

    desk = DeskSettings(tenants=TENANTS, teams=(team("north"), team("south")))
    async with rig(tmp_path, ScriptedModel(), desk=desk) as here:
        north, south = await asked(here, HERE, 1), await asked(here, THERE, 2)
        assert await here.dispatcher.assign() == 2
        for case, name in ((north, "north"), (south, "south")):
            after = await here.store.cases.get(case.id)
            assert after is not None
            assert after.owner == f"human:{name}-1"
        rota = Rota(duty=here.store.duty, settings=desk, clock=here.clock)
        assert await rota.who(NORTH) == "- Ann north: there"
        press = Press("p1", "reassign", north.id, "lena", "Lena", NORTH, True, "Ann south")
        assert "I know nobody of that name. I know: Ann north" in await here.reception.press(press)


async def test_a_draft_of_another_tenants_case_is_published_by_nobody_here(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=DeskSettings(tenants=TENANTS)) as here:
        south = await asked(here, THERE, 2)
        said = Press("p1", "reply", south.id, "kim", "Kim", SOUTH, True, "Parcels leave every day at noon.")
        await here.reception.press(said)
        await here.settled()
        (room,) = await here.store.staff.rooms(south.id)
        now = datetime(2026, 3, 2, tzinfo=UTC)
        await here.reception.receive(
            Message("s1", room, Author("kim", "Kim"), "save", now, is_staff_place=True, mentions_us=True)
        )
        await here.settled()
        (draft,) = await here.store.answers.all()
        publish = Press("p2", "publish", draft.id, "sam", "Sam", NORTH, True)
        assert await here.reception.press(publish) == phrases.NOT_FOUND
        assert await here.reception.press(replace(publish, key="p3", thread=SOUTH)) != phrases.NOT_FOUND


async def test_who_belongs_to_no_tenant_is_served_by_no_tenants_team(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=DeskSettings(tenants=TENANTS)) as here:
        case = await asked(here, THREAD, 3)
        assert case.id not in texts_in(here, NORTH) + texts_in(here, SOUTH)
        assert case.id in texts_in(here, STAFF)


def test_a_shared_staff_channel_may_lie_in_a_tenants_workspace() -> None:
    rights = Rights(tenants=TENANTS, shared=("memory:front",))
    front, nobodys = Thread("north", "memory", "front"), Thread("elsewhere", "memory", "room", "r")
    assert rights.shares(front, nobodys)
    assert not rights.shares(front, HERE)
    assert rights.refusal("approve", ("ann",), place=front, about=HERE) == phrases.NOT_FOUND
    assert not rights.shares(Thread("north", "memory", "other"), nobodys)
