"""Whether the packaged local models choose rightly: the refund that was asked for, and never one that was not.

python -m evals.small_models [--seeds N]

Every seed is a whole turn through the product on a fresh demo shop, at a temperature at which seeds differ.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from adapters.local.chat_server import DECIDE_SLOT, REPLY_SLOT, LocalChatServer, is_available
from adapters.local.weights import KNOWN, Packaged, Weights, installed_parts, join
from adapters.models.settings import ModelsSettings, ModelTable
from adapters.terminal.chat import PLATFORM, TerminalChat
from bots.house import Plan, open_house
from bots.settings import Configuration, Environment, Settings
from core.conversation import Author, Message, Thread
from core.reply import Delivery, ReplyEvent, ToolFinished, ToolStarted
from evals.scorecard import Row, report

REFUND = "I want a refund for order #88291. The item arrived damaged."
STATUS = "Where is my order #88291?"
_KEY = "FIRSTLINE_EVAL_LOCAL_KEY"
_TEMPERATURE = 0.7
_PATIENCE_S = 300.0
_STAFF = Thread("local", PLATFORM, "staff")


def settings_for(server: LocalChatServer, folder: Path, seed: int) -> Settings:
    """The demo shop, answered by the local server with one seed."""
    chance = {"seed": seed, "temperature": _TEMPERATURE, "cache_prompt": True}
    table = ModelTable(
        base_url=server.base_url,
        model=server.model_name,
        api_key_env=_KEY,
        is_small=True,
        sees_pictures=False,
        first_chunk_limit_s=_PATIENCE_S,
        chunk_limit_s=_PATIENCE_S,
        extra_body_decide={"id_slot": DECIDE_SLOT, **chance},
        extra_body_reply={"id_slot": REPLY_SLOT, **chance},
    )
    environment = Environment(firstline_data_dir=str(folder), openai_api_key="", openai_base_url="")
    return Settings(environment, Configuration(models=ModelsSettings(chat=table)))


async def tools_of(server: LocalChatServer, text: str, seed: int) -> list[ToolStarted | ToolFinished]:
    """What tools did in one turn."""
    seen: list[ToolStarted | ToolFinished] = []

    def draw(event: ReplyEvent | Delivery) -> None:
        if isinstance(event, ToolStarted | ToolFinished):
            seen.append(event)

    with tempfile.TemporaryDirectory(prefix="firstline-eval-") as name:
        folder, terminal = Path(name), TerminalChat(draw)
        plan = Plan([terminal], "sqlite://", folder, lambda thread: (_STAFF,), stays=False, drain_s=2)
        async with open_house(settings_for(server, folder, seed), plan) as house:
            thread = Thread("local", PLATFORM, f"seed{seed}")
            terminal.expect_reply()
            message = Message("1", thread, Author("you", "You"), text, datetime.now(UTC), is_private=True)
            await house.front_desk.receive(message)
            await terminal.replied()
            await house.settle()
    return seen


def is_right_refund(seen: Sequence[ToolStarted | ToolFinished]) -> bool:
    """The refund of the very order was asked for and waits for approval."""
    asked = any(isinstance(each, ToolStarted) and "88291" in each.arguments and _refunds(each) for each in seen)
    return asked and any(isinstance(each, ToolFinished) and _refunds(each) and each.state == "waiting" for each in seen)


def _refunds(event: ToolStarted | ToolFinished) -> bool:
    return event.tool == "initiate_refund"


def began_refund(seen: Sequence[ToolStarted | ToolFinished]) -> bool:
    """A refund went further than being refused by code."""
    return any(isinstance(each, ToolFinished) and _refunds(each) and each.state != "refused" for each in seen)


async def measure(packaged: Packaged, parts: Sequence[Path], seeds: int) -> list[Row]:
    """Both rows of one model."""
    cache = Environment().cache_folder
    weights = Weights(await asyncio.to_thread(join, packaged, parts, cache), packaged.label)
    right = unasked = 0
    async with LocalChatServer(weights) as server:
        os.environ[_KEY] = server.api_key
        for seed in range(seeds):
            right += is_right_refund(await tools_of(server, REFUND, seed))
            unasked += began_refund(await tools_of(server, STATUS, seed))
            print(f"{packaged.label}: seed {seed}, {right} right refunds, {unasked} unasked", flush=True)
    size = packaged.label.rpartition(" ")[2].replace(".", "_").lower()
    return [
        Row(f"refund_right_{size}", right / seeds, 1.0),
        Row(f"refund_unasked_{size}", unasked, 0, better="lower"),
    ]


async def run(seeds: int) -> int:
    """Every installed model; returns the exit status."""
    found = [(each, parts) for each in KNOWN if (parts := installed_parts(each))] if is_available() else []
    if not found:
        missing = "no local model is installed: make setup-local"
        return report("eval-small-models", [Row("refund_right", None, 1.0, note=missing)])
    rows = [row for packaged, parts in found for row in await measure(packaged, parts, seeds)]
    return report("eval-small-models", rows)


def main() -> int:
    """Measure and report; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    return asyncio.run(run(parser.parse_args().seeds))


if __name__ == "__main__":
    sys.exit(main())
