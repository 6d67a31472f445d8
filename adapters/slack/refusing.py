"""What could not be kept because the database was away: Slack delivers it again for six minutes, then never more."""

from adapters.slack.payloads import SlackEvent

_JUST_BEFORE_S = 0.000_001
"""Slack's stamps count microseconds, and reading back begins after one."""

Refused = dict[tuple[str, str], str]
"""Channel and root of the thread (empty outside of one) to the stamp after which to read back."""


class Refusing:
    """One workspace's, from the first event that was refused until it is read back; gone with the process, which reads
    back from where it stood when it starts again.
    """

    def __init__(self) -> None:
        self._places: Refused = {}

    def note(self, event: SlackEvent) -> None:
        """It was not acknowledged. Only what was said somewhere can be read back."""
        if not (event.channel and moment(event.ts)):
            return
        before = f"{moment(event.ts) - _JUST_BEFORE_S:.6f}"
        place = (event.channel, event.thread_ts if event.thread_ts != event.ts else "")
        self._places[place] = earlier(before, self._places.get(place, before))

    @property
    def places(self) -> Refused:
        """A copy."""
        return dict(self._places)

    def read_back(self, places: Refused) -> None:
        """This much is kept now; what was refused meanwhile stays."""
        for place, before in places.items():
            if self._places.get(place) == before:
                del self._places[place]


def earlier(one: str, other: str) -> str:
    """The earlier of two stamps."""
    return min(one, other, key=moment)


def moment(stamp: str) -> float:
    """A stamp of Slack's as Unix seconds; 0 for what is none."""
    try:
        return float(stamp)
    except ValueError:
        return 0.0
