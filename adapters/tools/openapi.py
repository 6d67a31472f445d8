"""Operations of an OpenAPI description as tools: those on the allow-list, and no other."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from pydantic import JsonValue

from adapters.tools.guarded import Outbound
from adapters.tools.settings import OpenApiSource
from core.declaring import UNDECLARED, Foreign, declared, result_of
from core.errors import SettingsError, ToolRefused
from core.fetching import Answer
from core.headers import hidden, secret_headers
from core.tools import Tool, ToolContext, ToolFunction, ToolResult

_METHODS = ("get", "put", "post", "delete", "patch")
_MOST_DEEP = 12
REFUSED = "The other system refused that."
Json = dict[str, Any]


async def openapi_tools(source: OpenApiSource, outbound: Outbound, environment: Mapping[str, str]) -> list[Tool]:
    """The tools of a description. Raises `SettingsError`."""
    where = f"[[tools.openapi]] {source.name or source.source}"
    headers = secret_headers(source.headers_env, environment, where)
    document = await _document(source, outbound, headers, where)
    operations = {each.name: each for each in _operations(document, source, outbound, headers, where)}
    unknown = [name for name in (*source.operations, *source.declare) if name not in operations]
    if unknown:
        raise SettingsError(
            [f"{where}: there is no operation {name}. Known: {', '.join(operations)}." for name in unknown]
        )
    return [_tool(operations, name, source) for name in source.operations]


def _tool(operations: Mapping[str, Foreign], name: str, source: OpenApiSource) -> Tool:
    declaration = source.declare.get(name, UNDECLARED)
    earlier = operations.get(declaration.look_up)
    return declared(
        operations[name], declaration, prefix=source.name, look_up=look_up_with(earlier) if earlier else None
    )


def look_up_with(earlier: Foreign) -> ToolFunction:
    """A tool that tells what became of an attempt; its refusal means that nothing was done."""
    properties = earlier.schema.get("properties")
    names = set(properties) if isinstance(properties, dict) else set[str]()

    async def look_up(context: ToolContext, /, **arguments: Any) -> ToolResult:
        given = {"key": context.key, **arguments}
        try:
            return await earlier.run(context, **{name: value for name, value in given.items() if name in names})
        except ToolRefused as error:
            raise LookupError(earlier.name) from error

    return look_up


async def _document(source: OpenApiSource, outbound: Outbound, headers: Mapping[str, str], where: str) -> Json:
    try:
        if source.source.startswith(("http://", "https://")):
            answer = await outbound.ask("GET", source.source, headers=headers)
            text = answer.content.decode("utf-8", "replace") if answer.status == 200 else ""
        else:
            text = await asyncio.to_thread(Path(source.source).read_text, encoding="utf-8")
        document = yaml.safe_load(text)
    except (OSError, ToolRefused, yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(
            [f"{where}: the description cannot be read ({type(error).__name__}). Check source."]
        ) from error
    if not isinstance(document, dict) or "paths" not in document:
        raise SettingsError([f"{where}: this is no OpenAPI description. Check source."])
    found: Json = document  # pyright: ignore[reportUnknownVariableType] - JSON, known by form only
    return found


def _operations(
    document: Json, source: OpenApiSource, outbound: Outbound, headers: Mapping[str, str], where: str
) -> Iterator[Foreign]:
    servers: list[Json] = document.get("servers") or []
    base = source.base_url or (servers[0].get("url", "") if servers else "")
    if not base.startswith(("http://", "https://")):
        raise SettingsError([f"{where}: set base_url, the address at which it is served."])
    paths: dict[str, Json] = document["paths"]
    for path, item in paths.items():
        for method in _METHODS:
            operation: Json | None = item.get(method)
            if operation is None or "operationId" not in operation:
                continue
            parameters = [
                _inlined(each, document) for each in (*item.get("parameters", ()), *operation.get("parameters", ()))
            ]
            body = _body(operation, document)
            call = _Call(method.upper(), base.rstrip("/") + path, parameters, body, outbound, dict(headers))
            about = operation.get("description") or operation.get("summary") or ""
            name = str(operation["operationId"])
            yield Foreign(name, str(about), _schema(parameters, body), call.function(name))


def _schema(parameters: list[Json], body: Json | None) -> dict[str, JsonValue]:
    """Path, query and body in one flat object, which models fill in best."""
    properties: Json = {each["name"]: each.get("schema", {}) for each in parameters}
    required = [each["name"] for each in parameters if each.get("required")]
    if body is not None and "properties" in body:
        properties |= body["properties"]
        required += body.get("required", [])
    elif body is not None:
        properties["body"] = body
        required.append("body")
    return {"type": "object", "properties": properties, "required": list(dict.fromkeys(required))}


def _body(operation: Json, document: Json) -> Json | None:
    content: Json = _inlined(operation.get("requestBody") or {}, document).get("content", {})
    for media_type, each in content.items():
        if "json" in media_type:
            return each.get("schema", {})
    return None


def _inlined(node: Any, document: Json, depth: int = 0) -> Any:
    """References put in place; beyond some depth, or round in circles, anything goes."""
    if isinstance(node, list):
        items: list[Any] = node  # pyright: ignore[reportUnknownVariableType] - JSON, known by form only
        return [_inlined(each, document, depth) for each in items]
    if not isinstance(node, dict):
        return node
    members: Json = node  # pyright: ignore[reportUnknownVariableType] - JSON, known by form only
    if "$ref" in members:
        found: Any = document
        for part in str(members["$ref"]).removeprefix("#").split("/")[1:]:
            found = found.get(part, {}) if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        return _inlined(found, document, depth + 1) if depth < _MOST_DEEP else {}
    return {key: _inlined(each, document, depth) for key, each in members.items()}


class _Call:
    """One operation, ready to be called."""

    def __init__(
        self,
        method: str,
        url: str,
        parameters: list[Json],
        body: Json | None,
        outbound: Outbound,
        headers: dict[str, str],
    ) -> None:
        self._method, self._url, self._outbound, self._headers = method, url, outbound, headers
        self._places = {str(each["name"]): str(each["in"]) for each in parameters}
        self._has_flat_body = body is not None and "properties" in body
        self._has_body = body is not None

    def function(self, name: str) -> ToolFunction:
        """As a tool's function."""

        async def run(context: ToolContext, /, **arguments: Any) -> ToolResult:
            url, query, headers, body = self._url, dict[str, str](), dict(self._headers), Json()
            for argument, value in arguments.items():
                match self._places.get(argument, "body"):
                    case "path":
                        url = url.replace("{" + argument + "}", quote(str(value), safe=""))
                    case "query":
                        query[argument] = value if isinstance(value, str) else json.dumps(value)
                    case "header":
                        headers.setdefault(argument, str(value))
                    case _:
                        body[argument] = value
            if self._method != "GET":
                headers["Idempotency-Key"] = context.key
            sent = (body if self._has_flat_body else body.get("body")) if self._has_body else None
            answer = await self._outbound.ask(self._method, url, headers=headers, params=query, body=sent)
            return _result(answer, name, self._headers)

        return run


def _result(answer: Answer, name: str, headers: Mapping[str, str]) -> ToolResult:
    if answer.status >= 500:
        raise ConnectionError(answer.status)
    text = hidden(answer.content.decode("utf-8", "replace"), headers)
    try:
        value: JsonValue = json.loads(text) if "json" in answer.media_type else text
    except ValueError:
        value = text
    if answer.status >= 400:
        raise ToolRefused(
            f"{name} was refused by the other system ({answer.status}).", say="The other system refused that."
        )
    return result_of(value or {}, title=name.replace("_", " ").capitalize())
