"""Two scripted cases of pictures, played whole: a damaged parcel and an error screenshot, on Slack or Discord.

`firstline run slack` (or `discord`) runs as a process of its own against stand-ins of the platform and of a model.
Everything is the product's own: fetching, decoding, the finding's form, triage, search, the rule that wants a photo,
the packet with its blurred copy. Only what the models say is scripted.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from pydantic import JsonValue

from core.policy import DEFAULT_ROWS
from evals.eyes_pictures import crushed_parcel, error_screenshot
from tests.bots.running import running
from tests.servers import discord, model, slack

Platform = Literal["slack", "discord"]
PLATFORMS: tuple[Platform, ...] = get_args(Platform)
Json = dict[str, Any]
STAFF = "C0STAFF01"
WAIT_S = 60.0
WISH = "I want a refund for order #88291. It arrived damaged."
PHOTO = "Here is the photo. Please refund order #88291."
ERROR = "I get this when I pay. Did my order go through?"
ARTICLE = """# Payment errors

## Error code PAY-2031
PAY-2031 means that your bank declined the card. The order is kept for 24 hours; pay with another card or ask your bank.
"""
_PARCEL_FOUND: Json = {
    "kind": "parcel",
    "summary": "A cardboard box whose upper left corner is crushed, with a hole in it.",
    "text": "12 Harbour Street\n20457 Hamburg\nOrder #88291",
    "damage": "severe",
    "damage_kind": "crush",
    "damage_where": "upper left corner",
    "parcels": 1,
    "order_numbers": ["88291"],
    "tracking_numbers": ["JD0146000088291"],
    "confidence": 0.93,
}
_ERROR_FOUND: Json = {
    "kind": "screenshot",
    "summary": "An error dialog of a shop: the payment was declined.",
    "text": "Payment could not be completed\nError code: PAY-2031\nOrder #88451",
    "error_codes": ["PAY-2031"],
    "error_messages": ["Payment could not be completed"],
    "damage": "none",
    "order_numbers": ["88451"],
    "confidence": 0.97,
}
_REFUND: Json = {"name": "initiate_refund", "arguments": {"order_id": "88291", "reason": "arrived damaged"}}
_STATUS: Json = {"name": "get_order_status", "arguments": {"order_id": "88451"}}
_ASKS = "PAY-2031 means that your bank declined the card [1]. On your picture I read order number 88451. Is that right?"
_RULES: tuple[Json, ...] = (
    {"match": "^The customer writes: Here is the photo", "format": "json", "reply": {"json": _PARCEL_FOUND}},
    {"match": "^The customer writes: I get this", "format": "json", "reply": {"json": _ERROR_FOUND}},
    {"match": "I want a refund", "on": "user", "format": "text", "reply": {"tool_calls": [_REFUND]}},
    {"match": "I want a refund", "on": "tool", "reply": {"text": "Please send me a photo that shows the damage."}},
    {"match": "Here is the photo", "on": "user", "format": "text", "reply": {"tool_calls": [_REFUND]}},
    {"match": "Here is the photo", "on": "tool",
     "reply": {"text": "I can see the crushed corner. A colleague has to agree to this refund first."}},
    {"match": "I get this when I pay", "on": "user", "format": "text", "reply": {"tool_calls": [_STATUS]}},
    {"match": "I get this when I pay", "on": "tool", "reply": {"text": _ASKS}},
    {"match": "Yes, that is right", "on": "user", "format": "text", "reply": {"tool_calls": [_STATUS]}},
    {"match": "Yes, that is right", "on": "tool",
     "reply": {"text": "Order #88451 is there and is being prepared; it is kept while you pay in another way."}},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Post:
    """A message as it stood."""

    who: str
    text: str
    small: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    pictures: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Shot:
    """What stood on both sides after a step, and what the customer was shown meanwhile."""

    step: str
    customer: tuple[Post, ...]
    team: tuple[Post, ...]
    statuses: tuple[str, ...]


@dataclass(slots=True)
class Played:
    """What became of the cases of a platform."""

    shots: list[Shot] = field(default_factory=list[Shot])
    problems: list[str] = field(default_factory=list[str])


class Scene(Protocol):
    """A platform with a customer and a team."""

    process: str

    def settings(self) -> str: ...

    def environment(self) -> dict[str, str]: ...

    async def connected(self) -> None: ...

    async def begin(self) -> None:
        """Somebody new comes."""
        ...

    async def say(self, text: str, picture: tuple[str, bytes] | None = None) -> None: ...

    async def until(self, there: Callable[[], Any]) -> Any: ...

    def customer(self) -> list[Post]: ...

    def team(self) -> list[Post]: ...

    def statuses(self) -> list[str]: ...

    async def press(self, label: str) -> None:
        """Somebody of the team presses a button."""
        ...


async def play(scene: Scene, folder: Path, model_url: str) -> Played:
    """Both cases, one after the other."""
    played = Played()
    write(folder, scene.settings() + settings())
    env = {**scene.environment(), "OPENAI_BASE_URL": f"{model_url}/v1", "OPENAI_API_KEY": "test"}
    async with running("run", scene.process, folder=folder, env=env) as service:
        async with asyncio.timeout(WAIT_S):
            await scene.connected()
        await _parcel(scene, played)
        await _error(scene, played)
        await service.stop()
    return played


def write(folder: Path, told: str) -> None:
    """Settings and knowledge of the shop."""
    (folder / "knowledge").mkdir()
    (folder / "knowledge" / "payment-errors.md").write_text(ARTICLE)
    (folder / "firstline.toml").write_text(told)


async def _parcel(scene: Scene, played: Played) -> None:
    await scene.begin()
    await scene.say(WISH)
    await scene.until(lambda: _shows(scene.customer(), "photo that shows the damage"))
    await scene.say(PHOTO, ("parcel.jpg", crushed_parcel()))
    await scene.until(lambda: _shows(scene.customer(), "crushed corner"))
    await scene.until(lambda: _shows(scene.team(), "129.00") and _pressable(scene.team(), "Approve"))
    await scene.until(lambda: any(each.pictures for each in scene.team()))
    _shoot(
        scene, played, "A damaged parcel: the refund wants a photo, the photo is looked at, money waits for a person"
    )
    if not any("Looking at parcel.jpg" in each for each in scene.statuses()):
        played.problems.append("no status said that the picture is looked at")
    await scene.say("I want to talk to a person.")
    await scene.until(lambda: _shows(scene.team(), "Pictures:") and sum(map(_has_picture, scene.team())) > 1)
    packet = next(each for each in scene.team() if "Pictures:" in each.text)
    played.problems += [f"the packet says {word}" for word in ("Harbour Street",) if word in packet.text]
    if not re.search("severe crush", packet.text):
        played.problems.append("the packet does not say what the picture shows")
    await scene.press("Approve")
    await scene.until(lambda: _shows(scene.customer(), "was started"))
    _shoot(scene, played, "The packet brings the picture, its label unreadable; the refund is approved and carried out")


async def _error(scene: Scene, played: Played) -> None:
    await scene.begin()
    await scene.say(ERROR, ("error.png", error_screenshot()))
    await scene.until(lambda: _shows(scene.customer(), "Is that right?"))
    if not any("PAY-2031" in line for each in scene.customer() for line in (*each.small, each.text)):
        played.problems.append("the article on the error code is not cited")
    _shoot(scene, played, "An error screenshot: its code finds the article; the number on it is asked about, not used")
    await scene.say("Yes, that is right")
    await scene.until(lambda: _shows(scene.customer(), "being prepared"))
    _shoot(scene, played, "Only after the yes is the order looked up")


def settings() -> str:
    """The rule that a refund for damage wants a photo, before the product's own rows; and a model that sees."""
    rows = [
        '{ name = "damage needs a photo", when = { effect = "money", damaged = true, photo = ["missing", "other"] }, '
        'then = { verdict = "photo" } }',
        *(_toml(each.model_dump(mode="json")) for each in DEFAULT_ROWS),
    ]
    return (
        '[models.vision]\nmodel = "test"\nsees_pictures = true\n'
        '[[money.prices]]\nmodel = "*"\ninput = 0.60\noutput = 0.80\n'
        '[knowledge]\nfolders = ["knowledge"]\n'
        f"[approvals]\nrows = [{', '.join(rows)}]\n"
    )


def _toml(value: JsonValue) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
        case list():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case str():
            return '"' + value.replace('"', '\\"') + '"'
        case _:
            return str(value)


def rules() -> list[model.Rule]:
    """What the scripted model says."""
    return [model.Rule.from_dict(deepcopy(each)) for each in _RULES]


@asynccontextmanager
async def scripted_model() -> AsyncGenerator[str, None]:
    """An endpoint that takes a moment over every answer, as one would."""
    endpoint = model.ModelServer(model.Pace(ttft_s=0.4, tokens_per_s=2_000, tokens=20))
    endpoint.rules.extend(rules())
    async with model.serve(endpoint) as url:
        yield url


@asynccontextmanager
async def scene_of(platform: Platform) -> AsyncGenerator[Scene, None]:
    """A platform's stand-in."""
    from evals.eyes_places import OnDiscord, OnSlack

    if platform == "slack":
        workspace = slack.SlackSim()
        async with slack.serve(workspace) as url:
            yield OnSlack(workspace, url)
    else:
        server = discord.DiscordSim()
        async with discord.serve(server) as url:
            yield OnDiscord(server, url)


def _shoot(scene: Scene, played: Played, step: str) -> None:
    statuses = dict.fromkeys(scene.statuses())
    played.shots.append(Shot(step, tuple(scene.customer()), tuple(scene.team()), tuple(statuses)))


def _shows(posts: list[Post], words: str) -> bool:
    return any(words in each.text for each in posts)


def _has_picture(post: Post) -> bool:
    return bool(post.pictures)


def _pressable(posts: list[Post], label: str) -> bool:
    return any(label in each.buttons for each in posts)
