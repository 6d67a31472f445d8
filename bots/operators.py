"""Who sits at the terminal, and what they may do there: `[desk.roles]` and `[[desk.tenants]]` hold for `cli:NAME` too.

Somebody at a terminal stands where the case is: they have the role that its tenant gives them. Who is named by tenants
alone sees the cases of these, and of no other.
"""

import getpass
import importlib
import os
from collections.abc import Sequence

from adapters.storage.store import Store
from bots.settings import Settings
from bots.staff import rights_of
from core.case import Case
from core.conversation import Thread
from core.event import Event

NOWHERE = Thread("local", "cli", "terminal")


def operator() -> str:
    """The name under which they act, as roles and the audit log have it."""
    if os.name != "posix":
        return f"cli:{getpass.getuser()}"
    # Not what the environment says, which anybody can set.
    known = importlib.import_module("pwd")
    try:
        return f"cli:{known.getpwuid(os.getuid()).pw_name}"
    except KeyError:
        return f"cli:{os.getuid()}"


def refusal(act: str, who: str, about: Thread | None) -> str:
    """Why they may not do this; empty when they may."""
    rights = rights_of(Settings.read().configuration)
    why = rights.refusal(act, (who,), place=about or NOWHERE, about=about)
    return f"firstline: {why} `firstline.toml` gives roles to {who}." if why else ""


def sees(who: str, thread: Thread) -> bool:
    """They may read cases of this thread."""
    return rights_of(Settings.read().configuration).sees(who, thread)


async def case_for(store: Store, case_id: str, who: str) -> Case | None:
    """A case that they may see; one of another tenant is as if it did not exist."""
    found = await store.cases.get(case_id)
    return found if found is not None and sees(who, found.thread) else None


def events_for(who: str, events: Sequence[Event]) -> list[Event]:
    """What happened in the cases that they may see."""
    rights = rights_of(Settings.read().configuration)
    threads = {each.case_id: Thread.from_key(each.detail["thread"]) for each in events if "thread" in each.detail}
    hidden = {case_id for case_id, thread in threads.items() if not rights.sees(who, thread)}
    return [each for each in events if each.case_id not in hidden]
