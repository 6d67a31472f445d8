"""Forum posts whose case is solved carry the forum's own tag for it, until somebody goes on with them."""

import logging
from typing import cast

from adapters.discord.api import DiscordApi, Json
from core.conversation import Thread
from core.errors import DeliveryError

log = logging.getLogger(__name__)

_FORUMS = (15, 16)
_MOST_TAGS = 5


class Solved:
    """Puts the tag on and takes it off. A courtesy: nothing here keeps a message from being delivered."""

    def __init__(self, api: DiscordApi) -> None:
        self._api = api
        self._known: dict[str, str] = {}
        """Forums with the id of their tag; empty where they have none."""

    async def mark(self, thread: Thread, *, is_solved: bool) -> None:
        """Make a forum post say whether it is solved; other places bear no tags."""
        wanted = self._api.settings.solved_tag
        if not wanted or thread.root or thread.tenant == "dm":
            return
        try:
            await self._mark(thread.channel, wanted, is_solved=is_solved)
        except DeliveryError as error:
            log.warning("a post is not tagged; allow Manage Threads", extra={"place": thread.key, "why": str(error)})

    async def _mark(self, post: str, wanted: str, *, is_solved: bool) -> None:
        found = await self._channel(post)
        parent = str(found.get("parent_id") or "")
        tag = await self._tag_of(parent, wanted) if parent else ""
        applied = [str(each) for each in cast(list[object], found.get("applied_tags") or [])]
        if not tag or (tag in applied) is is_solved:
            return
        others = [each for each in applied if each != tag]
        tags = [*others[: _MOST_TAGS - 1], tag] if is_solved else others
        await self._change(post, {"applied_tags": tags}, is_archived=_is_archived(found))

    async def _change(self, post: str, change: Json, *, is_archived: bool) -> None:
        """A post that has been archived bears no change: it is opened for it, and archived again."""
        path, bucket = f"/channels/{post}", f"channels {post}"
        body = {**change, "archived": False} if is_archived else change
        await self._api.call("PATCH", path, bucket=bucket, what="tag", body=body)
        if is_archived:
            await self._api.call("PATCH", path, bucket=bucket, what="tag", body={"archived": True})

    async def _tag_of(self, forum: str, wanted: str) -> str:
        if not self._known.get(forum):
            about = await self._channel(forum)
            tags = cast(list[Json], about.get("available_tags") or []) if about.get("type") in _FORUMS else []
            names = {str(each["name"]).casefold(): str(each["id"]) for each in tags}
            by_id = {each: each for each in names.values()}
            self._known[forum] = names.get(wanted.casefold(), by_id.get(wanted, ""))
        return self._known[forum]

    async def _channel(self, channel: str) -> Json:
        found = await self._api.call("GET", f"/channels/{channel}", bucket=f"channels {channel}", what="channel")
        return cast(Json, found) if isinstance(found, dict) else {}


def _is_archived(post: Json) -> bool:
    return bool(cast(Json, post.get("thread_metadata") or {}).get("archived"))
