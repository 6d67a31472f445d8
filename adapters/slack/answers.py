"""What the Web API answers, as far as we read it."""

from pydantic import NonNegativeInt

from adapters.slack.payloads import Payload, SlackEvent, SlackFile, Text


class Profile(Payload):
    """What a person calls themselves."""

    display_name: Text = ""
    real_name: Text = ""
    email: Text = ""
    """Only there with the scope `users:read.email`."""


class EnterpriseUser(Payload):
    """A person of an Enterprise Grid."""

    enterprise_id: Text = ""


class Member(Payload):
    """A person of the workspace."""

    id: str
    name: Text = ""
    profile: Profile = Profile()
    tz: Text = ""
    """A time zone's name, as the person set it."""
    team_id: Text = ""
    enterprise_user: EnterpriseUser = EnterpriseUser()
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_email_confirmed: bool = False

    def is_own_in(self, team: str) -> bool:
        """A full member of this very workspace with a confirmed address: no guest, no stranger, no bot."""
        is_lesser = self.is_restricted or self.is_ultra_restricted or self.is_stranger or self.is_bot or self.deleted
        return self.team_id == team and not is_lesser and self.is_email_confirmed and "@" in self.profile.email

    @property
    def called(self) -> str:
        """The name that Slack shows."""
        return self.profile.display_name or self.profile.real_name or self.name


class Paging(Payload):
    """Where the next page begins."""

    next_cursor: Text = ""


class MemberPage(Payload):
    """An answer of users.list."""

    members: tuple[Member, ...] = ()
    response_metadata: Paging = Paging()


class Paged(Payload):
    """An answer that may have more behind it."""

    response_metadata: Paging = Paging()


class MissedPage(Paged):
    """An answer of the reading methods, as the events that its messages once were."""

    messages: tuple[SlackEvent, ...] = ()


class Conversation(Payload):
    """A conversation, as conversations.list has it."""

    id: Text = ""
    created: float = 0.0
    """Unix seconds."""


class ConversationPage(Paged):
    """An answer of conversations.list."""

    channels: tuple[Conversation, ...] = ()


class UserAnswer(Payload):
    """An answer of users.info."""

    user: Member


class Mark(Payload):
    """What we wrote into a message of ours, so as to know it again."""

    nonce: Text = ""
    part: NonNegativeInt = 0


class Metadata(Payload):
    """Metadata of a message; other apps' look different."""

    event_type: Text = ""
    event_payload: Mark = Mark()


class Found(Payload):
    """A message as reading methods give it."""

    ts: str
    thread_ts: Text = ""
    user: Text = ""
    bot_id: Text = ""
    app_id: Text = ""
    files: tuple[SlackFile, ...] = ()
    metadata: Metadata = Metadata()


class FoundPage(Payload):
    """An answer of conversations.history and conversations.replies."""

    messages: tuple[Found, ...] = ()


class ChannelMembers(Payload):
    """An answer of conversations.members."""

    members: tuple[str, ...] = ()
    response_metadata: Paging = Paging()


class NamedChannel(Payload):
    """A channel."""

    name: Text = ""


class ChannelAnswer(Payload):
    """An answer of conversations.info."""

    channel: NamedChannel
