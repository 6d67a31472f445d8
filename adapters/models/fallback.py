"""Several models for one kind of work: the next one answers when one fails."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from adapters.models.failures import AtItsLimit
from core.errors import ModelCut, ModelError
from core.modelling import ChatModel, ModelEvent, ModelProfile, ModelRequest

FAILURES_UNTIL_REST = 3
REST_S = 30.0


@dataclass(slots=True)
class _Member:
    model: ChatModel
    failures: int = 0
    rests_until: float = 0.0


class FallbackModel:
    """Asks its models in order, and lets one that keeps failing rest for a while.

    `clock` gives seconds that only grow.
    """

    def __init__(
        self,
        models: Sequence[ChatModel],
        *,
        clock: Callable[[], float],
        failures_until_rest: int = FAILURES_UNTIL_REST,
        rest_s: float = REST_S,
    ) -> None:
        self._members = [_Member(each) for each in models]
        self._clock = clock
        self._failures_until_rest = failures_until_rest
        self._rest_s = rest_s

    def after_the_first(self) -> "FallbackModel":
        """The same without its first model; what is known of the others is known to both."""
        rest = FallbackModel((), clock=self._clock, failures_until_rest=self._failures_until_rest, rest_s=self._rest_s)
        rest._members = self._members[1:]
        return rest

    @property
    def profile(self) -> ModelProfile:
        """The profile of the model that would be asked first now."""
        return self._order()[0].model.profile

    def _order(self) -> list[_Member]:
        now = self._clock()
        awake = [each for each in self._members if each.rests_until <= now]
        # When all rest, the customer is better served by another try than by none.
        return awake or sorted(self._members, key=lambda each: each.rests_until)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `ChatModel`."""
        problems: list[str] = []
        for member in self._order():
            has_begun = False
            try:
                async with aclosing(member.model.stream(request)) as events:
                    async for event in events:
                        has_begun = True
                        yield event
            except AtItsLimit as error:
                problems.append(str(error))
            except ModelError as error:
                self._failed(member)
                if has_begun:
                    raise error if isinstance(error, ModelCut) else ModelCut(str(error)) from error
                problems.append(str(error))
            else:
                member.failures = 0
                return
        raise ModelError(" Then: ".join(dict.fromkeys(problems)))

    def _failed(self, member: _Member) -> None:
        member.failures += 1
        if member.failures >= self._failures_until_rest:
            member.rests_until = self._clock() + self._rest_s
