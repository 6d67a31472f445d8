"""What hangs on a post in Slack: its files, those of a message that it passes on, and those it links to."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from adapters.slack.payloads import SlackEvent, SlackFile
from core.conversation import Attachment
from core.passedon import passed_on as quoted

BY_ID = "file:"
"""A source of this form names a file that only files.info knows the address of (Slack Connect)."""
LINKED = "link:"
"""A source of this form is `link:FILE/CHANNEL/PERSON`: to be opened only if this person may see it from there."""

_LINK = re.compile(
    r"https?://([^\s/|<>]+)/(?:files|files-pri|files-tmb)/(?:[TUWE][A-Z0-9]+[-/])?(F[A-Z0-9]{6,})"
    r"(?:-[0-9a-f]+)?(?:/[^\s|<>]*?([^\s|<>/?]*))?(?=[\s|<>?]|$)"
)
_IN_WORKSPACE = re.compile(r"([TE][A-Z0-9]+)\|(.*)", re.DOTALL)
_SLACK_HOSTS = ("slack.com", "slack-gov.com")
_MOST_LINKS = 4
_NOTHING: Mapping[str, Any] = {}


def attached(event: SlackEvent, *, own_host: str, team: str) -> tuple[Attachment, ...]:
    """All of it, each file once."""
    shared = (file for each in event.attachments if each.is_share for file in each.files)
    files = (_attachment(file, team) for file in (*event.files, *shared))
    found = [*files, *_linked(event, own_host, team)]
    return tuple({each.id: each for each in reversed(found)}.values())[::-1]


def uploaded(files: Iterable[SlackFile], *, team: str) -> tuple[Attachment, ...]:
    """What came with a form."""
    return tuple(_attachment(file, team) for file in files)


def words_of(event: SlackEvent) -> str:
    """What was written, and below it, as a quotation, what was passed on; in Slack's markup."""
    shared = [each.text for each in event.attachments if each.is_share and each.text]
    return "\n\n".join(part for part in (event.text, *map(quoted, shared)) if part)


def may_see(file: Mapping[str, Any], *, channel: str, person: str) -> bool:
    """Whoever pasted a link uploaded the file, or it was shared in the very place where they paste it."""
    if person and file.get("user") == person:
        return True
    shares = file.get("shares") or _NOTHING
    places = {str(place) for kind in ("channels", "groups", "ims") for place in file.get(kind) or ()}
    places.update(str(place) for kind in ("public", "private") for place in shares.get(kind) or ())
    return channel in places


def in_workspace(team: str, address: str) -> str:
    """The source of an attachment: where it is, and whose token opens it."""
    return f"{team}|{address}"


def workspace_of(source: str) -> str:
    """The workspace that a source names; empty for one from before they did."""
    found = _IN_WORKSPACE.fullmatch(source)
    return found[1] if found else ""


def address_of(source: str) -> str:
    """Where it is, without the workspace."""
    found = _IN_WORKSPACE.fullmatch(source)
    return found[2] if found else source


def _linked(event: SlackEvent, own_host: str, team: str) -> Iterator[Attachment]:
    if "/files" not in event.text:
        return
    for found in list(_LINK.finditer(event.text))[:_MOST_LINKS]:
        host, file, name = found[1].lower(), found[2], found[3]
        if host == own_host or any(host == each or host.endswith(f".{each}") for each in _SLACK_HOSTS):
            yield Attachment(
                id=file,
                name=unquote(name or "") or "linked file",
                media_type="",
                size_bytes=0,
                source=in_workspace(team, f"{LINKED}{file}/{event.channel}/{event.user}"),
            )


def _attachment(file: SlackFile, team: str) -> Attachment:
    return Attachment(
        id=file.id,
        name=file.name,
        media_type=file.mimetype,
        size_bytes=file.size,
        source=in_workspace(team, file.url_private_download or file.url_private or f"{BY_ID}{file.id}"),
    )


def persons_posts(events: Iterable[SlackEvent], *, own_user: str) -> Iterator[SlackEvent]:
    """Those that people wrote: apps' pictures are nobody's evidence."""
    return (each for each in events if each.user and not each.is_of_bot and each.user != own_user)
