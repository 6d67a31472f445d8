"""The tool of the chaos runs: a refund at a payment provider that pays as often as it is asked."""

import os

import aiohttp

from core.tools import ToolContext, ToolResult, tool


def _address() -> str:
    return f"{os.environ['CHAOS_PAYMENTS_URL']}/refunds"


async def _earlier(context: ToolContext, order_id: str) -> ToolResult:
    async with (
        aiohttp.ClientSession() as session,
        session.get(_address(), params={"key": context.key}) as answer,
    ):
        if answer.status == 404:
            raise LookupError(context.key)
        answer.raise_for_status()
    return ToolResult(f"The refund of order #{order_id} was started.")


@tool(
    title="Refund of order #{order_id}",
    effect="write",
    is_about_customer=False,
    said=("order_id",),
    asked_with=("refund",),
    acts_on=("order_id",),
    look_up=_earlier,
)
async def pay_back(context: ToolContext, order_id: str) -> ToolResult:
    """Pay an order back."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(_address(), json={"order": order_id, "key": context.key}) as answer,
    ):
        answer.raise_for_status()
    return ToolResult(f"The refund of order #{order_id} was started.")
