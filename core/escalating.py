"""The one tool that every installation has: the model itself asks for a person."""

from typing import Annotated

from pydantic import Field

from core import phrases
from core.tools import ToolContext, ToolResult, tool


@tool(
    title="Passing this to a person",
    effect="read",
    is_about_customer=False,
    hands_over=True,
)
async def escalate(
    context: ToolContext,
    reason: Annotated[
        str,
        Field(min_length=3, max_length=300, description="Why, in one line for staff."),
    ],
) -> ToolResult:
    """Pass the conversation to a person, when you cannot help or the customer wants one."""
    return ToolResult(summary=phrases.HANDED_OFF, data={"reason": reason})
