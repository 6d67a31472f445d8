"""What people do to our messages and forms as Slack tells it: presses, commands, shortcuts, forms sent."""

from collections.abc import Mapping

from adapters.slack.payloads import Many, Payload, SlackEvent, SlackFile, Text


class SlackUser(Payload):
    """Whoever pressed or commanded."""

    id: str
    name: Text = ""
    username: Text = ""
    team_id: Text = ""


class Named(Payload):
    """A thing with an id."""

    id: str


class PressedMessage(Payload):
    """The message under a button."""

    ts: Text = ""
    thread_ts: Text = ""


class PressedAction(Payload):
    """One pressed button."""

    action_id: str
    value: Text = ""
    action_ts: Text = ""


class BlockActions(Payload):
    """A press."""

    user: SlackUser
    channel: Named | None = None
    message: PressedMessage | None = None
    actions: tuple[PressedAction, ...]
    trigger_id: Text = ""
    view: Named | None = None
    """The form it was pressed in."""


class SlashCommand(Payload):
    """A command that somebody typed. Slack allows none inside threads."""

    command: str
    text: Text = ""
    user_id: str
    user_name: Text = ""
    channel_id: str
    trigger_id: Text = ""


class MessageShortcut(Payload):
    """Somebody used a shortcut of ours on a message."""

    callback_id: str
    user: SlackUser
    channel: Named
    message: SlackEvent
    """The one whose menu was used."""
    message_ts: Text = ""
    action_ts: Text = ""
    trigger_id: Text = ""


class _Typed(Payload):
    value: Text = ""
    files: Many[SlackFile] = ()


class _ViewState(Payload):
    values: Mapping[str, Mapping[str, _Typed]] = {}


class SubmittedView(Payload):
    """A form as it was sent."""

    id: str
    callback_id: Text = ""
    private_metadata: Text = ""
    state: _ViewState = _ViewState()


class KeptPress(Payload):
    """The press that a form was opened for, as we put it into the form."""

    action: str
    value: Text = ""
    channel: Text = ""
    root: Text = ""


class ViewSubmission(Payload):
    """Somebody sent a form."""

    user: SlackUser
    view: SubmittedView

    def value(self, block: str) -> str:
        """What was typed into one field."""
        return next((each.value.strip() for each in self.view.state.values.get(block, {}).values()), "")

    def files(self, block: str) -> tuple[SlackFile, ...]:
        """What was uploaded into one field."""
        return tuple(file for each in self.view.state.values.get(block, {}).values() for file in each.files)
