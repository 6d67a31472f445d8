"""All settings, read once: secrets and addresses from the environment, the rest from `firstline.toml`.

Everything that is missing or wrong is named at once, each with its fix.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import platformdirs
from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.identity.settings import IdentityTable
from adapters.models.settings import ModelsSettings
from adapters.sources.settings import KnowledgeTable
from adapters.tools.settings import BackOfficeSettings, McpSource, OpenApiSource, OutboundSettings
from adapters.web.settings import WebDeskSettings
from core.desksettings import DeskSettings
from core.errors import SettingsError
from core.prices import MoneySettings
from core.section import Section
from core.settings import (
    AgentSettings,
    AnswerSettings,
    ApprovalSettings,
    BudgetSettings,
    DemoSettings,
    EscalationSettings,
    ImageSettings,
    MannersSettings,
    MetricsSettings,
    PaceSettings,
    RetentionSettings,
    RoutingSettings,
    ToolSettings,
    TriageSettings,
)

CONFIG_NAME = "firstline.toml"


class Environment(BaseSettings):
    """What comes from environment variables or a `.env` file; the field's name in capitals is the variable's."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=True
    )

    openai_api_key: str = ""
    openai_base_url: str = ""
    local_chat_gguf: str = ""
    slack_bot_token: str = ""
    slack_app_token: str = ""
    slack_signing_secret: str = ""
    slack_config_token: str = ""
    slack_client_id: str = ""
    slack_client_secret: str = ""
    slack_api_url: str = ""
    discord_token: str = ""
    discord_api_url: str = ""
    discord_gateway_url: str = ""
    firstline_config: str = ""
    firstline_database_url: str = ""
    firstline_data_dir: str = ""
    firstline_cache_dir: str = ""
    firstline_identity_secret: str = ""
    firstline_smtp_password: str = ""
    firstline_http_host: str = "127.0.0.1"
    firstline_http_port: int = Field(default=8300, ge=0, le=65_535)
    firstline_log_level: str = "INFO"

    @property
    def data_folder(self) -> Path:
        """Where databases and kept files are."""
        return Path(self.firstline_data_dir or platformdirs.user_data_dir("firstline", appauthor=False))

    @property
    def cache_folder(self) -> Path:
        """Where joined model weights are."""
        return Path(self.firstline_cache_dir or platformdirs.user_cache_dir("firstline", appauthor=False))

    @property
    def has_slack(self) -> bool:
        """Something of Slack is set up."""
        return bool(self.slack_bot_token or self.slack_app_token or self.slack_signing_secret or self.slack_client_id)

    def database_url(self, name: str) -> str:
        """The configured database, else a SQLite file of this name in the data folder."""
        return self.firstline_database_url or f"sqlite:///{self.data_folder / name}.sqlite3"


class SlackTable(Section):
    """Slack places and ways; tokens stay in the environment."""

    mode: str = Field(default="", pattern="^(|socket|http)$")
    """`socket` or `http`; empty: socket where SLACK_APP_TOKEN is set."""
    support_channels: tuple[str, ...] = ()
    """Channel ids in which every message is answered, in a thread."""
    mention_channels: tuple[str, ...] = ()
    """Channel ids in which only messages that mention the bot are answered, in its own threads too."""
    busy_channels: tuple[str, ...] = ()
    """Channel ids where people also talk to each other: answered is what calls the bot or asks the room."""
    confident_channels: tuple[str, ...] = ()
    """Channel ids where, unless mentioned, the bot answers only questions that its knowledge answers."""
    staff_channel: str = ""
    """Channel id of the people who approve and take over."""
    workspaces: tuple[str, ...] = ()
    """Ids of workspaces that may install the app, with SLACK_CLIENT_ID; empty: any that Slack lets."""


class DiscordTable(Section):
    """Discord places; the token stays in the environment."""

    support_channels: tuple[str, ...] = ()
    """Channel or forum ids in which every post is answered, in a thread."""
    busy_channels: tuple[str, ...] = ()
    """Channel ids where people also talk to each other: answered is what calls the bot or asks the room."""
    confident_channels: tuple[str, ...] = ()
    """Channel ids where, unless mentioned, the bot answers only questions that its knowledge answers."""
    staff_channel: str = ""
    """Channel id of the people who approve and take over."""
    staff_roles: tuple[str, ...] = ()
    """Role ids; with any, only their members are staff, wherever they press."""
    private_threads: bool = True
    """Answer in a private thread where a question names an order, a customer number or a mail address."""
    solved_tag: str = "solved"
    """Name or id of the forum tag for posts whose case is resolved; a forum without it gets none."""
    shards: int = Field(default=1, ge=0)
    """Connections to the gateway; 0: as many as Discord asks for."""
    requests_per_second: int = Field(default=50, ge=10)
    """How many calls Discord takes of this bot; it raises this for large bots."""


class ToolTable(ToolSettings):
    """Our own tools, and those that exist elsewhere."""

    mcp: tuple[McpSource, ...] = ()
    openapi: tuple[OpenApiSource, ...] = ()
    outbound: OutboundSettings = OutboundSettings()


class DeskTable(DeskSettings):
    """The desk, and where it can be looked at."""

    web: WebDeskSettings = WebDeskSettings()


class Configuration(Section):
    """`firstline.toml`, table by table."""

    agent: AgentSettings = AgentSettings()
    answers: AnswerSettings = AnswerSettings()
    models: ModelsSettings = ModelsSettings()
    knowledge: KnowledgeTable = KnowledgeTable()
    tools: ToolTable = ToolTable()
    backoffice: BackOfficeSettings = BackOfficeSettings()
    approvals: ApprovalSettings = ApprovalSettings()
    demo: DemoSettings = DemoSettings()
    identity: IdentityTable = IdentityTable()
    images: ImageSettings = ImageSettings()
    pace: PaceSettings = PaceSettings()
    manners: MannersSettings = MannersSettings()
    budget: BudgetSettings = BudgetSettings()
    metrics: MetricsSettings = MetricsSettings()
    money: MoneySettings = MoneySettings()
    triage: TriageSettings = TriageSettings()
    routing: RoutingSettings = RoutingSettings()
    escalation: EscalationSettings = EscalationSettings()
    desk: DeskTable = DeskTable()
    retention: RetentionSettings = RetentionSettings()
    slack: SlackTable = SlackTable()
    discord: DiscordTable = DiscordTable()

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules whose tools are offered: the demo shop's only where no other back end was named."""
        is_default = "modules" not in self.tools.model_fields_set
        return () if self.backoffice.is_set and is_default else self.tools.modules


@dataclass(frozen=True, slots=True)
class Settings:
    """Both halves."""

    environment: Environment
    configuration: Configuration

    @classmethod
    def read(cls) -> Self:
        """Read environment and file. Raises `SettingsError` naming every problem."""
        problems: list[str] = []
        try:
            environment = Environment()
        except ValidationError as error:
            raise SettingsError([_environment_line(each) for each in error.errors()]) from error
        configuration = _configuration(environment, problems)
        if problems:
            raise SettingsError(problems)
        return cls(environment, configuration)


def _configuration(environment: Environment, problems: list[str]) -> Configuration:
    named = environment.firstline_config
    path = Path(named or CONFIG_NAME)
    if not path.is_file():
        if named:
            problems.append(f"FIRSTLINE_CONFIG: there is no file {named}. Name an existing one, or unset it.")
        return Configuration()
    try:
        return Configuration.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{path.name} is not valid TOML: {error}.")
    except UnicodeDecodeError:
        problems.append(f"{path.name} is not UTF-8 text.")
    except ValidationError as error:
        problems.extend(_file_line(path.name, each) for each in error.errors())
    return Configuration()


def _environment_line(problem: Mapping[str, Any]) -> str:
    name = str(problem["loc"][0]).upper()
    return f"{name}: {problem['msg']}. Set it to a valid value or unset it."


def _file_line(file: str, problem: Mapping[str, Any]) -> str:
    loc = [str(part) for part in problem["loc"]]
    where = ".".join(loc)
    if problem["type"] == "extra_forbidden":
        known = _known_keys(loc[:-1])
        near = difflib.get_close_matches(loc[-1], known, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(known)}."
        return f"{file}: unknown key {where}. {hint}"
    return f"{file}: {where}: {problem['msg']}."


def _known_keys(path: Sequence[str]) -> list[str]:
    """The keys of the table that a path of the file leads to."""
    model: type[BaseModel] = Configuration
    for part in path:
        field = model.model_fields.get(part)
        inner = _table_of(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _table_of(annotation: Any) -> type[BaseModel] | None:
    """The table model in an annotation, behind `| None` too."""
    candidates = [annotation, *getattr(annotation, "__args__", ())]
    return next(
        (each for each in candidates if isinstance(each, type) and issubclass(each, BaseModel)),
        None,
    )


def environment_names() -> list[str]:
    """Every variable that is read, for documentation."""
    return [name.upper() for name in Environment.model_fields]


def variables() -> Mapping[str, str]:
    """The process environment, for key variables that `firstline.toml` names."""
    return os.environ
