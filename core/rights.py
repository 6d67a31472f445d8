"""Who of the team may do what, and whose cases they see. Asked at the act, in the core; a refusal is one line."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core import phrases
from core.case import Case
from core.conversation import Thread

Role = Literal["viewer", "agent", "lead"]
_RANK: Mapping[Role, int] = {"viewer": 0, "agent": 1, "lead": 2}
_NAMED: Mapping[Role, str] = {"viewer": "a viewer", "agent": "an agent", "lead": "a lead"}

_DOING: Mapping[str, tuple[Role, str]] = {
    "claim": ("agent", "claim cases"),
    "release": ("agent", "release cases"),
    "take_over": ("agent", "take cases over"),
    "reply": ("agent", "write to customers"),
    "edit_send": ("agent", "write to customers"),
    "send_draft": ("agent", "write to customers"),
    "retry": ("agent", "write to customers"),
    "send_held": ("agent", "write to customers"),
    "edit_held": ("agent", "write to customers"),
    "discard_held": ("agent", "discard replies"),
    "discard": ("agent", "discard replies"),
    "note": ("agent", "write notes"),
    "hand_back": ("agent", "return cases to the bot"),
    "resolve": ("agent", "resolve cases"),
    "snooze": ("agent", "put cases off"),
    "callback": ("agent", "promise callbacks"),
    "category": ("agent", "sort cases"),
    "priority": ("agent", "change priorities"),
    "transcript": ("agent", "export transcripts"),
    "reassign": ("agent", "reassign cases"),
    "reassign_others": ("lead", "reassign somebody else's case"),
    "approve": ("lead", "approve"),
    "approve_as": ("lead", "approve"),
    "deny": ("lead", "deny approvals"),
    "vouch": ("lead", "vouch for customers"),
    "save": ("agent", "keep replies as drafts of answers"),
    "publish": ("lead", "publish answers"),
}
"""What an act needs, and how it is called. What is not named here changes nothing, and anybody may ask for it."""


class RoleSettings(BaseModel):
    """Who is what. Ids are users, Slack user groups or Discord roles; the highest role that fits counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    leads: tuple[str, ...] = ()
    """Do all that agents do, approve, and reassign cases of others."""
    agents: tuple[str, ...] = ()
    """Work on cases."""
    viewers: tuple[str, ...] = ()
    """Read along."""
    everybody: Literal["", "viewer", "agent", "lead"] = ""
    """The role of whoever can press in a staff place and is not named; empty: `lead` while nobody is named at all,
    else `viewer`."""

    @property
    def everyone(self) -> tuple[str, ...]:
        """All who are named."""
        return (*self.leads, *self.agents, *self.viewers)

    @property
    def default(self) -> Role:
        """Of those who are not named."""
        is_open = not (self.leads or self.agents or self.viewers)
        return self.everybody or ("lead" if is_open else "viewer")


class TenantSettings(BaseModel):
    """What belongs together: places whose customers these staff places serve, and nobody else does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    members: tuple[str, ...]
    """Workspaces and servers: `slack:T0123`, `discord:98765`."""
    staff: tuple[str, ...]
    """Channels of its team: `slack:C0123`, `discord:45678`; the first of a customer's own platform serves them."""
    roles: RoleSettings | None = None
    """Without: those of `[desk.roles]`."""


class Rights:
    """One per process."""

    def __init__(
        self,
        roles: RoleSettings | None = None,
        tenants: Sequence[TenantSettings] = (),
        *,
        approvers: Collection[str] = (),
        shared: Collection[str] = (),
    ) -> None:
        """`shared`: staff channels, `platform:channel`, of those whom no tenant's team serves."""
        self._roles = roles or RoleSettings()
        self._tenants = tenants
        self._approvers = approvers
        self._shared = shared

    def role(self, who: Collection[str], place: Thread) -> Role:
        """The role of somebody known by these ids, their own and those of their groups, at a place."""
        tenant = self._tenant(place)
        roles = tenant.roles if tenant and tenant.roles else self._roles
        named: tuple[tuple[Role, Collection[str]], ...] = (
            ("lead", roles.leads),
            ("agent", roles.agents),
            ("viewer", roles.viewers),
        )
        for role, ids in named:
            if not set(who).isdisjoint(ids):
                return role
        return roles.default

    def refusal(self, act: str, who: Sequence[str], *, place: Thread, about: Case | Thread | None = None) -> str:
        """Why somebody may not do this here, in one line; empty when they may. `who`: their id, then their groups'."""
        thread = about.thread if isinstance(about, Case) else about
        if thread is not None and not self.shares(place, thread):
            return phrases.NOT_FOUND  # Whether there is such a case is no business of another tenant.
        if act in ("approve", "approve_as", "deny") and self._approvers:
            return "" if not set(who).isdisjoint(self._approvers) else phrases.NOT_ALLOWED
        is_anothers = isinstance(about, Case) and about.owner.startswith("human:") and about.owner != f"human:{who[0]}"
        doing = _DOING.get("reassign_others" if act == "reassign" and is_anothers else act)
        if doing is None:
            return ""
        role, (needed, what) = self.role(who, place), doing
        return (
            "" if _RANK[role] >= _RANK[needed] else f"You are {_NAMED[role]} here; it takes {_NAMED[needed]} to {what}."
        )

    def shares(self, place: Thread, thread: Thread) -> bool:
        """A place of staff and a customer's thread belong together."""
        return self.tenant(place) == self.tenant(thread)

    def tenant(self, thread: Thread) -> str:
        """The name of the tenant that a place or a customer's thread belongs to; empty where no table names it."""
        found = self._tenant(thread)
        return found.name if found else ""

    def sees(self, who: str, thread: Thread) -> bool:
        """Somebody who sits in no staff place may read cases of this thread: whom tenants alone name, sees theirs."""
        named = {each.name for each in self._tenants if each.roles and who in each.roles.everyone}
        return not named or who in self._roles.everyone or self.tenant(thread) in named

    def staff_of(self, thread: Thread) -> tuple[str, ...] | None:
        """The staff channels, `platform:channel`, of a customer's tenant; None where no table names it."""
        tenant = self._tenant(thread)
        if tenant is None:
            return None
        own = tuple(each for each in tenant.staff if each.startswith(f"{thread.platform}:"))
        return own[:1] or tenant.staff

    def staff_channels(self, platform: str) -> tuple[str, ...]:
        """All channels of a platform that the table gives to somebody's team."""
        pairs = [each.partition(":") for tenant in self._tenants for each in tenant.staff]
        return tuple(channel for named, _, channel in pairs if named == platform)

    def _tenant(self, thread: Thread) -> TenantSettings | None:
        # A staff channel first: it may lie in a workspace that several share.
        channels = {f"{thread.platform}:{part}" for part in (thread.channel, thread.root) if part}
        for tenant in self._tenants:
            if not channels.isdisjoint(tenant.staff):
                return tenant
        if not channels.isdisjoint(self._shared):
            return None
        member = f"{thread.platform}:{thread.tenant}"
        return next((tenant for tenant in self._tenants if member in tenant.members), None)
