"""The frame around every page of the desk."""

from collections.abc import Sequence

from markupsafe import Markup

from adapters.web.desk.pieces import joined

STYLE, ICON = "/desk/static/desk.css", "/desk/static/icon.svg"
_PLACES: Sequence[tuple[str, str]] = (("/desk", "Queue"), ("/desk/search", "Search"), ("/desk/reports", "Reports"))
_PAGE = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
    '<title>{title} · {name} desk</title><link rel="icon" href="{icon}">'
    '<link rel="stylesheet" href="{style}"></head>'
    '<body>{top}<main id="main"><h1>{title}</h1>{body}</main></body></html>'
)
_TOP = Markup(
    '<a class="skip" href="#main">Skip to the page</a><header><strong>{name} desk</strong>'
    '<nav aria-label="Desk"><ul>{links}</ul></nav>'
    '<form class="find" action="/desk/search" role="search"><label class="unseen" for="find">Search cases</label>'
    '<input id="find" name="q" type="search" maxlength="200" placeholder="Words, case or customer"></form>'
    '<form action="/desk/logout" method="post"><input type="hidden" name="form_key" value="{form_key}">'
    '<span class="quiet">{who}</span> <button>Sign out</button></form></header>'
)
_SIGN_IN = Markup(
    '{line}<form class="sign-in" action="/desk/login" method="post">'
    '<input type="hidden" name="form_key" value="{form_key}"><input type="hidden" name="then" value="{then}">'
    '<label for="name">Name</label>'
    '<input id="name" name="name" autocomplete="username" autocapitalize="none" required maxlength="64" autofocus>'
    '<label for="password">Password</label>'
    '<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="512">'
    "<button>Sign in</button></form>"
)


class Layout:
    """`name` is how the bot calls itself."""

    def __init__(self, name: str) -> None:
        self._name = name

    def page(self, title: str, body: object, *, who: str, form_key: str, here: str = "") -> Markup:
        """A page for somebody who is signed in."""
        links = joined(
            Markup('<li><a href="{}"{}>{}</a></li>').format(
                place, Markup(' aria-current="page"') if place == here else "", word
            )
            for place, word in _PLACES
        )
        top = _TOP.format(name=self._name, links=links, who=who, form_key=form_key)
        return _PAGE.format(title=title, name=self._name, style=STYLE, icon=ICON, top=top, body=body)

    def sign_in(self, *, line: str, form_key: str, then: str) -> Markup:
        """The page for everybody else."""
        told = Markup('<p class="warn" role="alert">{}</p>').format(line) if line else ""
        body = _SIGN_IN.format(line=told, form_key=form_key, then=then)
        return _PAGE.format(title="Sign in", name=self._name, style=STYLE, icon=ICON, top="", body=body)

    def lost(self, title: str, line: str) -> Markup:
        """A page that is not there, or not for them."""
        body = Markup('<p>{}</p><p><a href="/desk">To the queue</a></p>').format(line)
        return _PAGE.format(title=title, name=self._name, style=STYLE, icon=ICON, top="", body=body)
