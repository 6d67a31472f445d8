"""Caps on what models may use: checked before a turn spends anything."""

from core.ports import Clock, Desk
from core.settings import BudgetSettings


class Budget:
    """Tells when a cap is reached."""

    def __init__(self, desk: Desk, caps: BudgetSettings, clock: Clock) -> None:
        self._desk = desk
        self._caps = caps
        self._clock = clock

    async def spent(self, case_id: str) -> str:
        """Which cap this case or today has reached, in words; empty when there is room."""
        caps = self._caps
        if caps.requests_per_case or caps.tokens_per_case:
            requests, tokens = await self._desk.usage(case_id)
            if 0 < caps.requests_per_case <= requests:
                return f"{requests} model requests in this case"
            if 0 < caps.tokens_per_case <= tokens:
                return f"{tokens} tokens in this case"
        if caps.requests_per_day or caps.tokens_per_day:
            requests, tokens = await self._desk.usage_of_day(self._clock.now().date())
            if 0 < caps.requests_per_day <= requests:
                return f"{requests} model requests today"
            if 0 < caps.tokens_per_day <= tokens:
                return f"{tokens} tokens today"
        return ""
