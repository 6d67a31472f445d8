"""Refuses requests that other pages make in a visitor's name, and tells browsers to load nothing from elsewhere."""

from collections.abc import Collection
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from adapters.web.health import ALIVE, READY
from adapters.web.settings import WebSettings, is_loopback

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def guarded(settings: WebSettings, *, signed_paths: Collection[str] = ()) -> Middleware:
    """A middleware that serves known host names alone, and changes or live views only to pages of this very host.

    `signed_paths` check each request by themselves: a platform delivers its events there.
    """
    open_paths = {ALIVE, READY, *signed_paths}

    # A name of somebody else's that resolves to loopback would otherwise read the page as its own (DNS rebinding).
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in open_paths:
            return await handler(request)
        if not _is_served(request, settings):
            raise web.HTTPMisdirectedRequest(
                text="This name is not served here. Open the page under the address that was printed."
            )
        if _needs_own_page(request) and not _is_own_page(request):
            raise web.HTTPForbidden(text="This can only be done from the page itself.")
        return await handler(request)

    return guard


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """A signal handler that sets the security headers on every response."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def _is_served(request: web.Request, settings: WebSettings) -> bool:
    name = _host_name(f"//{request.host}")
    return bool(name) and (is_loopback(name) or name in (settings.host.lower(), *settings.served_names))


def _needs_own_page(request: web.Request) -> bool:
    return request.method not in ("GET", "HEAD") or "Upgrade" in request.headers


def _is_own_page(request: web.Request) -> bool:
    return urlsplit(request.headers.get("Origin", "")).netloc.lower() == request.host.lower()


def _host_name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
