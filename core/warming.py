"""What is made ready before the first question, so that the first customer does not wait for it."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from core.errors import BotError, BudgetReached, ModelError
from core.knowledge import Inquiry, Retriever
from core.modelling import ChatModel, ModelRequest, PromptMessage, Work
from core.prompt import system_prompt
from core.routing import Route
from core.settings import AgentSettings
from core.toolbox import Toolbox

log = logging.getLogger(__name__)

_GREETING = "Hello"
_ANSWERING: tuple[Work, ...] = ("chat", "multilingual", "reasoning", "code")
_PINGED: tuple[Work, ...] = (*_ANSWERING, "triage", "summary", "vision")
_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Warming:
    """Models read their fixed prompts once, a small one always, others where they are pinged; knowledge is searched
    once, which loads its index and its encoder.
    """

    models: Callable[[Work], ChatModel]
    toolbox: Toolbox
    retriever: Retriever
    settings: AgentSettings

    async def warm_up(self) -> None:
        """All at once; what fails is told in the log and stops nothing."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._search())
            for work, model in self._to_ping().items():
                group.create_task(self._ping(work, model))

    def _to_ping(self) -> dict[Work, ChatModel]:
        """Each model once, by the first kind of work that it does."""
        chat = self.models("chat")
        if chat.profile.is_small:
            return {"chat": chat}
        found: dict[str, tuple[Work, ChatModel]] = {}
        for work in _PINGED if self.settings.ping else ():
            model = self.models(work)
            found.setdefault(f"{model.profile.endpoint} {model.profile.model}", (work, model))
        return dict(found.values())

    async def _ping(self, work: Work, model: ChatModel) -> None:
        try:
            async with asyncio.timeout(_LIMIT_S), aclosing(model.stream(self._request(work, model))) as events:
                async for _ in events:
                    pass
        except (ModelError, BudgetReached, TimeoutError) as error:
            log.warning("model not warmed up", extra={"model": model.profile.model, "why": str(error)})

    def _request(self, work: Work, model: ChatModel) -> ModelRequest:
        """The beginning of every prompt of this work, for one token."""
        greeting, is_small = PromptMessage("user", _GREETING), model.profile.is_small
        if work not in _ANSWERING:
            return ModelRequest((greeting,), max_tokens=1)
        tools = self.toolbox.few_specs(Route()) if is_small else self.toolbox.specs(Route())
        messages = (system_prompt(self.settings, model.profile), greeting)
        return ModelRequest(messages, tools=tools, max_tokens=8 if is_small else 1, question=_GREETING)

    async def _search(self) -> None:
        try:
            await self.retriever.search(Inquiry(_GREETING), limit=1)
        except BotError as error:
            log.warning("search not warmed up", extra={"why": str(error)})
