"""An endpoint that can be asked: the SDK's client for it, and the HTTP client below.

What is asked in every turn is sent over the HTTP client itself, with the address, the key and the headers that the
SDK's client has, and fails with the SDK's errors. Built by the SDK, each request cost 0.5 ms of CPU more: as much as
all the rest of it together.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import httpx2
from openai import APIStatusError, AsyncOpenAI
from pydantic_core import to_json

from adapters.models.failures import translated


@dataclass(frozen=True)
class Line:
    """The line to one endpoint."""

    client: AsyncOpenAI
    http: httpx2.AsyncClient

    @cached_property
    def place(self) -> str:
        """The endpoint's host, for people."""
        return self.client.base_url.netloc.decode() or str(self.client.base_url)

    @cached_property
    def _headers(self) -> httpx2.Headers:
        headers = {**self.client.default_headers, **self.client.auth_headers}
        return httpx2.Headers({name: value for name, value in headers.items() if isinstance(value, str)})

    async def post(
        self, path: str, body: Mapping[str, Any], *, timeout: httpx2.Timeout, model: str, stream: bool = False
    ) -> httpx2.Response:
        """The answer to a body of JSON, read whole unless it is a stream, which is then to be closed.

        Raises `ModelError`, for `model`.
        """
        base = self.client.base_url
        request = httpx2.Request(
            "POST",
            base.copy_with(raw_path=base.raw_path + path.encode()),
            content=to_json(body),
            headers=self._headers,
            extensions={"timeout": timeout.as_dict()},
        )
        with translated(self.place, model):
            response = await self.http.send(request, stream=stream)
            if response.is_error:
                try:
                    await response.aread()
                finally:
                    await response.aclose()
                raise _refusal(response)
        return response


def _refusal(response: httpx2.Response) -> APIStatusError:
    """The SDK's error for a status, with what the endpoint said as its body."""
    body: Any = response.text
    with suppress(ValueError):
        body = json.loads(body)
    if isinstance(body, dict):
        body = cast("dict[str, Any]", body).get("error", cast(Any, body))
    words: Any = cast("dict[str, Any]", body).get("message") if isinstance(body, dict) else body
    return APIStatusError(str(words or ""), response=response, body=cast(Any, body))
