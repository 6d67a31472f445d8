"""What Slack answers about a channel: its name, and who is in it."""

from pydantic import BaseModel, ConfigDict

from adapters.slack.payloads import Paging, Text


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class ChannelMembers(_Answer):
    """An answer of conversations.members."""

    members: tuple[str, ...] = ()
    response_metadata: Paging = Paging()


class NamedChannel(_Answer):
    """A channel."""

    name: Text = ""


class ChannelAnswer(_Answer):
    """An answer of conversations.info."""

    channel: NamedChannel
