"""What `firstline doctor` found: one thing each, with what to do where it is missing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    what: str
    """What it is: `Slack scope files:read`."""
    fix: str = ""
    """What to do; empty when nothing is wrong."""

    @property
    def is_fine(self) -> bool:
        """Nothing is to be done."""
        return not self.fix
