"""The address that invites the bot into a server, with no more permissions than it uses."""

import discord

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    create_private_threads=True,
    manage_threads=True,
    read_message_history=True,
    attach_files=True,
    embed_links=True,
    bypass_slowmode=True,
)
"""Manage Threads: to write in locked threads, and to mark forum posts as solved. Bypass Slowmode: slow mode is for
people, and would hold the answers of everybody in a channel."""


def invite_url(application_id: str) -> str:
    """Where an administrator adds the bot to a server."""
    return discord.utils.oauth_url(
        int(application_id), permissions=PERMISSIONS, scopes=("bot", "applications.commands")
    )
