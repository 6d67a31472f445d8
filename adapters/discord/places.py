"""Where something was said, as a thread of the core.

A thread that hangs on a message has that message's id and its channel as root: there an answer can go
if the thread is deleted. Forum posts, private threads and direct messages have no root.
"""

from collections.abc import Collection
from dataclasses import dataclass

import discord

from adapters.discord.settings import PLATFORM
from core.conversation import Thread

DIRECT = "dm"
"""The tenant of direct messages: they belong to no server."""
_FORUMS = (discord.ChannelType.forum, discord.ChannelType.media)


@dataclass(frozen=True, slots=True)
class Place:
    """A place somebody wrote in."""

    channel: str
    """Its own id."""
    tenant: str
    parent: str = ""
    """The channel a thread or forum post is in."""
    is_forum_post: bool = False
    is_private: bool = False
    """Only one person and the bot read it."""
    title: str = ""
    """Of a forum post."""

    @property
    def thread(self) -> Thread | None:
        """The conversation of everything said here; None in a channel, where each message begins its own."""
        if self.is_private:
            return Thread(self.tenant, PLATFORM, self.channel)
        if self.parent:
            root = "" if self.is_forum_post else self.parent
            return Thread(self.tenant, PLATFORM, self.channel, root)
        return None

    def thread_on(self, message: str) -> Thread:
        """The thread that hangs, or would hang, on a message of this channel."""
        return Thread(self.tenant, PLATFORM, message, self.channel)


def place_of(channel: object, guild: int | None, channel_id: int) -> Place:
    """The place of a channel as the library has it."""
    if guild is None:
        return Place(str(channel_id), DIRECT, is_private=True)
    if not isinstance(channel, discord.Thread):
        return Place(str(channel_id), str(guild))
    parent = channel.parent
    is_forum = parent is not None and parent.type in _FORUMS
    return Place(
        str(channel_id),
        str(guild),
        parent=str(channel.parent_id),
        is_forum_post=is_forum or channel.is_private(),
        title=channel.name if is_forum else "",
    )


def staff_place(channels: Collection[str], place: Place) -> bool:
    """Here only staff can press: a staff channel and its threads."""
    return not {place.channel, place.parent}.isdisjoint(channels)


def groups_of(person: object) -> tuple[str, ...]:
    """The ids of somebody's roles; none outside of servers."""
    return tuple(str(role.id) for role in person.roles) if isinstance(person, discord.Member) else ()
