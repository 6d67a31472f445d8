"""Settings of the core, each with its unit and default. Where they are read from is no concern of this room."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from core.categories import Category
from core.categories_saas import SAAS
from core.categories_shop import SHOP
from core.policy import DEFAULT_ROWS, Agreement
from core.routing import DEFAULT_MODELS, Choice, Route
from core.routing import DEFAULT_ROWS as DEFAULT_ROUTES
from core.section import Amount, Count, Section
from core.tables import Row


class AgentSettings(Section):
    """How an answer is worked out."""

    name: str = "Firstline"
    """How the bot calls itself."""
    about: str = "a shop"
    """Whom it speaks for, in a few words of the prompt."""
    max_steps: PositiveInt = 6
    """Model calls in one turn; then it says so and offers a person."""
    turn_limit_s: PositiveFloat = 180
    """A turn that takes longer ends with a clear line."""
    merge_window_s: NonNegativeFloat = 2.0
    """A message that comes this soon after its thread's last one, before any word of the answer, joins that turn."""
    most_attempts: PositiveInt = 4
    """A turn in which the process ended this often goes to a person instead of being tried again."""
    history_lines: PositiveInt = 40
    """Lines of the case's transcript that go into a prompt word for word, if they fit."""
    conversation_tokens: PositiveInt = 24_000
    """Tokens of the case that go into a prompt at most, half of what the model reads if that is less."""
    passages: PositiveInt = 4
    """Passages of knowledge that go into a prompt."""
    max_tokens: PositiveInt = 800
    """Length limit of one answer, in tokens."""
    ping: bool = False
    """Ask each model of `[models]` once at start, with the fixed prompt and for one token, so that the first customer
    does not wait for it to be loaded. A model on this machine always is."""
    decide: bool = True
    """Ask back, or say that it is not known, where the search is sure that it cannot be answered as it stands."""
    check_figures: bool = True
    """Hold back what names a figure or a link that no passage and no result of the turn tells."""
    check_citations: Literal["words", "model"] = "words"
    """Whether a cited passage says what its sentence says: told by its words, or read by the triage model too."""
    link_hosts: tuple[str, ...] = ()
    """Hosts that an answer may link to, their subdomains included; empty: all that its sources name."""


class AnswerSettings(Section):
    """Answers that people approved, served word for word."""

    enabled: bool = True
    match: Annotated[float, Field(ge=0, le=1)] = 0.0
    """From which likeness to a question on one is served; 0: as measured for the embeddings in use."""
    valid_days: PositiveInt = 180
    """Days after which an answer has to be renewed."""
    renew_days: PositiveInt = 14
    """Days before that in which it is listed for renewal."""


class ApprovalSettings(Section):
    """When money waits for a person."""

    limit: Decimal = Decimal("50.00")
    """Amounts above it wait for Approve; in the currency of the back end."""
    expires_h: PositiveFloat = 72
    """Hours after which an approval can no longer be given."""
    confirm_h: PositiveFloat = 24
    """Hours after which a customer's yes no longer counts for what they were asked to confirm."""
    approvers: tuple[str, ...] = ()
    """Platform user ids that may approve; empty: everybody who can press in a staff place."""
    per_call: Amount = Decimal(0)
    """Amounts above it are refused. 0: no cap."""
    per_customer: Amount = Decimal(0)
    """What one customer may be paid by itself in 24 hours; more waits for Approve. 0: no cap."""
    per_day: Amount = Decimal(0)
    """What all customers together may be paid by itself in 24 hours; more waits for Approve. 0: no cap."""
    rows: tuple[Row[Agreement], ...] = DEFAULT_ROWS
    """The table that says who has to agree; the first row that holds decides."""


class DemoSettings(Section):
    """The demo shop. Every surface says when it is on."""

    enabled: bool = True
    """Link every chat user to a seeded customer. Refused once tools of another back end are configured."""
    customer: str = ""
    """Which one; empty: the owner of order #88291."""


class IdentitySettings(Section):
    """How a chat user proves which customer they are, and how long that holds."""

    module: str = ""
    """A Python module with `directory` and, for codes, `sender`; empty with the demo on: the demo shop's."""
    days: PositiveFloat = 30
    """Days after which somebody has to prove it anew."""
    fresh_minutes: PositiveFloat = 15
    """How old a verification may be for a tool that wants a fresh one and names no time of its own."""
    code_minutes: Annotated[float, Field(gt=0, le=60)] = 10
    """Minutes for which a code or a one-time address is good."""
    tries: Annotated[int, Field(ge=1, le=10)] = 5
    """Wrong answers to one code; then it is dead."""
    page_url: str = Field(default="", pattern=r"^(|https?://\S+)$")
    """The company's own page on which customers are logged in; needs FIRSTLINE_IDENTITY_SECRET."""
    workspace_domains: tuple[str, ...] = ()
    """Mail domains of the company's own staff: full members of the Slack workspace are known by their address."""
    workspaces: tuple[str, ...] = ()
    """Slack workspaces that are the company's own, whose word on an address is taken; empty: there is only one."""
    vouchers: tuple[str, ...] = ()
    """Platform user ids that may vouch for somebody; empty: everybody who can write in a staff place."""
    codes_per_hour: Annotated[int, Field(ge=1, le=20)] = 3
    """Codes that one person may ask for, and that one address is sent, within an hour."""


class ToolSettings(Section):
    """What the agent can do."""

    modules: tuple[str, ...] = ("examples.shop.tools",)
    """Python modules whose tools are offered."""


class KnowledgeSettings(Section):
    """What the agent answers from."""

    folders: tuple[Path, ...] = ()
    """Folders of Markdown; empty with the demo shop on: the shop's own."""


class ImageSettings(Section):
    """What is accepted as a picture."""

    limit_mb: PositiveFloat = 10
    """Megabytes (10^6 bytes) of one file."""
    limit_megapixels: PositiveFloat = 40
    """Millions of pixels of one picture."""
    per_message: PositiveInt = 4
    """Pictures of one message that are kept."""
    per_turn: PositiveInt = 8
    """Pictures that are looked at for one answer."""
    per_customer: Count = 60
    """Pictures of one person that are looked at within 24 hours. 0: no limit."""
    long_side_px: Annotated[int, Field(ge=256, le=8_192)] = 2048
    """Larger pictures are made this small: what vision models and text readers need."""
    parts: Annotated[int, Field(ge=1, le=8)] = 3
    """Frames of an animation, pages of a PDF or pieces of a long screenshot that are looked at."""
    blur_for_staff: bool = True
    """Make cards, accounts, identity numbers and addresses unreadable in the copies that staff get."""


class PaceSettings(Section):
    """So that one person cannot use up what belongs to all."""

    messages_per_minute: Count = 12
    """Of one user; more are told to wait, once. 0: no limit."""


class MannersSettings(Section):
    """When the bot stays quiet."""

    bots: tuple[str, ...] = ()
    """Platform user ids of other bots that are answered; all others are ignored."""
    bot_exchanges_per_hour: PositiveInt = 3
    """Answers to one such bot in one thread within an hour; then it is quiet."""
    messages_per_day: Count = 300
    """Of one person, so that all others have their share; more get one friendly line. 0: no limit."""


class BudgetSettings(Section):
    """Caps on what models may use; at a cap the customer gets a clear line and a person. 0: no cap.

    Those of a customer and a tenant (workspace or guild) are for a day (UTC). Money is in the currency of `[money]`.
    """

    tokens_per_turn: Count = 0
    tokens_per_case: Count = 200_000
    tokens_per_customer: Count = 0
    tokens_per_tenant: Count = 0
    tokens_per_day: Count = 0
    requests_per_turn: Count = 0
    requests_per_case: Count = 60
    requests_per_customer: Count = 0
    requests_per_tenant: Count = 0
    requests_per_day: Count = 0
    money_per_turn: Amount = Decimal(0)
    money_per_case: Amount = Decimal(0)
    money_per_customer: Amount = Decimal(0)
    money_per_tenant: Amount = Decimal(0)
    money_per_day: Amount = Decimal(0)
    block_requests: PositiveInt = 2
    """Model requests that a turn reserves as it begins; it reserves more when they are used up."""
    block_tokens: PositiveInt = 8_000
    """Tokens of that reservation."""
    strict: bool = False
    """Reserve one token for every byte of a prompt, which no endpoint counts more than: then no call passes a cap, and
    calls are refused earlier before one. False: what the tokenizer says, or was seen, or a byte in three."""
    expires_min: PositiveFloat = 15
    """Minutes after which a reservation that nobody settled counts as spent."""


class MetricsSettings(Section):
    """What can be watched from outside."""

    enabled: bool = False
    """Serve `/metrics` for Prometheus beside `/healthz`."""


class TriageSettings(Section):
    """Who judges a message first."""

    mode: Literal["words", "local", "model", "both"] = "both"
    """`words`: by rules over the words alone. `local`: with the first pass on this machine too, at no cost. `model`: by
    a model call each time. `both`: a model call only where the first pass is not certain."""
    certain: Annotated[float, Field(ge=0, le=1)] = 0.7
    """Confidence from which the first pass needs no model call."""
    limit_s: PositiveFloat = 4.0
    """Seconds a model may take to judge; then the first pass's judgement stands."""
    preset: Literal["shop", "saas"] = "shop"
    """Whose categories are used where none are configured."""
    categories: tuple[Category, ...] = ()
    """`[[triage.categories]]`: the installation's own, in place of the preset's."""

    @property
    def rows(self) -> tuple[Category, ...]:
        """The categories that count."""
        return self.categories or {"shop": SHOP, "saas": SAAS}[self.preset]


class RetentionSettings(Section):
    """Days for which things are kept; 0: until somebody is forgotten."""

    pictures_days: Count = 90
    """Uploads, and what was found in them."""
    words_days: Count = 0
    """What was said in a case, after its end; times, figures and receipts stay."""
    traces_days: Count = 0
    """Why the bot did what it did, turn by turn."""


class RoutingSettings(Section):
    """Where messages go; the first row of each table that holds decides."""

    rows: tuple[Row[Route], ...] = DEFAULT_ROUTES
    models: tuple[Row[Choice], ...] = DEFAULT_MODELS


class EscalationSettings(Section):
    """When a case goes to people by itself."""

    repeat_contacts: Count = 8
    """Turns in one case after which a person is offered. 0: never."""
