"""HTTP to the outside, guarded: where it may go is checked at the address that is really connected to.

A name is resolved once, every address it has must be public, and the connection goes to the very address that was
checked; so neither a private name nor one that changes its address in between gets through.
"""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import httpx2

from adapters.tools.settings import OutboundSettings
from core.errors import ToolRefused
from core.fetching import Answer, Fetched, Unreachable

_KB = 1000
_UNREACHABLE = "That cannot be reached from here."


class Forbidden(Exception):
    """An address that may not be reached; nothing was sent."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a name. Raises `OSError`."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


Resolve = Callable[[str, int], Awaitable[list[str]]]
"""All addresses of a name and port. Raises `OSError`."""


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Connects only where it may, to the address that was checked."""

    def __init__(
        self, settings: OutboundSettings, *, limit_bytes: int = 0, addresses_of: Resolve | None = None
    ) -> None:
        self._settings = settings
        self._addresses_of = addresses_of or resolve
        self._limit_bytes = limit_bytes
        """Of each answer as it comes over the line; 0: whoever reads it keeps to a limit."""
        self._inner = httpx2.AsyncHTTPTransport(retries=0, trust_env=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """See `httpx2.AsyncBaseTransport`. Raises `Forbidden` before anything is sent."""
        url = request.url
        is_private = url.host in self._settings.private_hosts
        if url.scheme != "https" and not (url.scheme == "http" and is_private):
            raise Forbidden(
                f"{url.scheme}://{url.host} is not reached: only https is, and http to [tools.outbound] hosts"
            )
        if url.userinfo:
            raise Forbidden(f"{url.host} is not reached: an address must not hold a password")
        try:
            addresses = await self._addresses_of(url.host, url.port or (443 if url.scheme == "https" else 80))
        except OSError as error:
            raise httpx2.ConnectError(f"{url.host} has no address", request=request) from error
        if not is_private and not all(is_public(each) for each in addresses):
            raise Forbidden(f"{url.host} is not reached: it is inside a private network")
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        request.url = url.copy_with(host=addresses[0])
        answer = await self._inner.handle_async_request(request)
        if self._limit_bytes and isinstance(answer.stream, httpx2.AsyncByteStream):
            answer.stream = _Limited(answer.stream, self._limit_bytes)
        return answer

    async def aclose(self) -> None:
        """Close connections."""
        await self._inner.aclose()


class _Limited(httpx2.AsyncByteStream):
    """An answer that breaks off where it is too large."""

    def __init__(self, inner: httpx2.AsyncByteStream, limit_bytes: int) -> None:
        self._inner = inner
        self._limit_bytes = limit_bytes

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        left = self._limit_bytes
        async for piece in self._inner:
            left -= len(piece)
            if left < 0:
                raise httpx2.ReadError("the answer is too large")
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


class Outbound:
    """Asks other systems."""

    def __init__(self, client: httpx2.AsyncClient, settings: OutboundSettings) -> None:
        self.client = client
        self._settings = settings

    async def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Answer:
        """One answer, whole. Raises `ToolRefused` when nothing was sent, `ConnectionError` when that is not known."""
        try:
            async with asyncio.timeout(self._settings.time_limit_s):
                return await self._follow(method, url, dict(headers or {}), dict(params or {}), body)
        except (Forbidden, httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise ToolRefused(
                f"That cannot be reached from here. {error}", say="That cannot be reached from here."
            ) from error
        except httpx2.ConnectError as error:
            raise ToolRefused("The other system cannot be reached just now.") from error
        except (httpx2.HTTPError, TimeoutError) as error:
            # Only the kind of error: its text may hold an address with a key in it.
            raise ConnectionError(type(error).__name__) from None

    async def _follow(
        self, method: str, url: str, headers: dict[str, str], params: dict[str, str], body: object
    ) -> Answer:
        for _ in range(self._settings.redirects + 1):
            request = self.client.build_request(method, url, headers=headers, params=params or None, json=body)
            asked = httpx2.URL(str(request.url))
            answer = await self.client.send(request, stream=True)
            try:
                where = answer.headers.get("location")
                if not (where and answer.is_redirect and method == "GET" and self._settings.redirects):
                    content = await self._read(answer)
                    return Answer(answer.status_code, answer.headers.get("content-type", ""), content)
            finally:
                await answer.aclose()
            target = asked.join(where)
            if target.host != asked.host:
                headers = {}  # what lets us in there is nobody else's business
            url, params = str(target), {}
        raise ToolRefused("The other system sends us in circles.")

    async def fetch(self, url: str, *, headers: Mapping[str, str]) -> Fetched:
        """See `core.fetching.Fetcher`."""
        try:
            async with asyncio.timeout(self._settings.time_limit_s):
                for _ in range(self._settings.redirects + 1):
                    asked = httpx2.URL(url)
                    answer = await self.client.send(
                        self.client.build_request("GET", url, headers=dict(headers)), stream=True
                    )
                    try:
                        where = answer.headers.get("location")
                        if not (where and answer.is_redirect):
                            content = await self._read(answer)
                            told = {name.lower(): value for name, value in answer.headers.items()}
                            return Fetched(answer.status_code, url, told, content)
                    finally:
                        await answer.aclose()
                    url = str(asked.join(where))
        except Forbidden as error:
            raise Unreachable(str(error)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
            raise Unreachable(f"it cannot be reached ({type(error).__name__})") from error
        except ConnectionError as error:
            raise Unreachable(str(error)) from error
        raise Unreachable("it leads round in circles")

    async def _read(self, answer: httpx2.Response) -> bytes:
        content = bytearray()
        async for piece in answer.aiter_bytes():
            content += piece
            if len(content) > self._settings.limit_kb * _KB:
                raise ConnectionError("the answer is too large")
        return bytes(content)


@asynccontextmanager
async def open_outbound(settings: OutboundSettings) -> AsyncGenerator[Outbound, None]:
    """A guarded client; it knows no proxy, no cookie and no redirect of its own."""
    async with httpx2.AsyncClient(
        transport=GuardedTransport(settings), timeout=settings.time_limit_s, follow_redirects=False, trust_env=False
    ) as client:
        yield Outbound(client, settings)
