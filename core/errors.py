"""Every error that a room of this house raises on purpose.

BotError
├── SettingsError        something in the environment or firstline.toml is missing or wrong
├── StoreError           the database refused, or another process holds it
│   ├── LostTurn         ... because another replica has taken the turn over
│   └── OverCap          ... because with it a cap on money would be passed
├── ModelError           a model endpoint failed and no fallback was left
│   ├── ModelCut         ... after part of its answer had already come
│   └── BudgetReached    ... because a cap on what may be spent was reached, so it was not asked
├── DeliveryError        the platform did not take a message
│   └── RateLimited      ... because it asks us to slow down
├── AttachmentError      a file could not be fetched or is not what it claims to be
└── ToolRefused          a tool call is not allowed or not valid; the model may correct itself
"""

from collections.abc import Sequence
from typing import Literal


class BotError(Exception):
    """Something went wrong in a way this product knows. The message says what, and what to do."""


class SettingsError(BotError):
    """Settings are missing or wrong. Mend each line named, then start again."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class StoreError(BotError):
    """The database did not do what was asked. Check `FIRSTLINE_DATABASE_URL` and the disk."""


class LostTurn(StoreError):
    """Another replica works on this turn now. Nothing is wrong: this one was slow or cut off and lets go."""


class OverCap(StoreError):
    """With this a cap on money would be passed, so nothing was saved. Raise the cap, or let staff approve."""


class ModelError(BotError):
    """The model endpoint failed. Check `OPENAI_BASE_URL`, the key, and the endpoint's own status."""


class ModelCut(ModelError):
    """The model's answer broke off after it had begun. The step is asked again from its start."""


class BudgetReached(ModelError):
    """A cap of `[budget]` was reached; the message names it. The case goes to a person."""


class DeliveryError(BotError):
    """The platform did not take a message. It stays in the outbox and is tried again."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final
        """True when trying again cannot help: gone, blocked, forbidden."""


class RateLimited(DeliveryError):
    """The platform asks us to slow down. The message waits in the outbox as long as it was told to."""

    def __init__(self, why: str, *, retry_after_s: float) -> None:
        super().__init__(f"{why}: retry in {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


class AttachmentError(BotError):
    """A file could not be used. The message is fit for the customer: it says what to send instead."""


class ToolRefused(BotError):
    """A tool call was not run. The message is meant for the model and says what is missing."""

    def __init__(
        self,
        why: str,
        *,
        say: str | None = None,
        lacks: Literal["", "link", "fresh", "person"] = "",
        quotes: bool = False,
    ) -> None:
        super().__init__(why)
        self.quotes = quotes
        """`why` holds words of another system, which the model may read and need not believe."""
        self.lacks: Literal["", "link", "fresh", "person"] = lacks
        """Which proof of who is asking is missing, if that is why."""
        self.say = why if say is None else say
        """What the customer may be told in so many words; empty: nothing."""
