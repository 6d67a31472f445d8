"""Structured logs: one JSON object a line on standard error, never with what people wrote."""

import logging

from pythonjsonlogger.json import JsonFormatter

_NOISY = (
    "slack_bolt",
    "slack_sdk",
    "discord",
    "aiohttp.access",
    "openai",
    "httpx",
    "httpx2",
    "httpcore2",
    "alembic",
    "asyncio",
    "mcp",
)
_TOLD_ELSEWHERE = ("stamina",)
"""What they warn of is said by our own lines, with what to do."""


def set_up_logs(level: str, *, is_json: bool = True) -> None:
    """Log to standard error from `level` up; libraries only from WARNING."""
    handler = logging.StreamHandler()
    if is_json:
        handler.setFormatter(
            JsonFormatter(
                "%(asctime)s %(levelname)s %(name)s %(message)s",
                rename_fields={
                    "asctime": "at",
                    "levelname": "level",
                    "name": "where",
                    "message": "what",
                },
            )
        )
    else:
        handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    for name in _TOLD_ELSEWHERE:
        logging.getLogger(name).setLevel(logging.ERROR)
