"""Markdown of customers, models and staff as HTML that is safe to put into the page.

Raw HTML stays text, pictures from elsewhere become links, and only web and mail addresses are links at all.
"""

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_MARK = re.compile(r"\[(\d{1,2})\](?![(\[:])")
_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)


def blocks(text: str, *, cited: Collection[int] = ()) -> list[str]:
    """The top-level blocks as HTML, one string each; marks like `[1]` become buttons if that number was cited."""
    markdown = _markdown()
    env: EnvType = {"cited": frozenset(cited)}
    tokens = markdown.parse(text, env)
    return [markdown.renderer.render(part, markdown.options, env).strip() for part in _top_level(tokens)]


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True})
    markdown.enable(["table", "strikethrough"]).disable("image")
    markdown.validateLink = lambda url: _LINK.match(url) is not None
    markdown.inline.ruler.before("link", "cite", _cite)
    markdown.add_render_rule("cite", _draw_cite)
    markdown.add_render_rule("link_open", _draw_link)
    return markdown


def _top_level(tokens: Sequence[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in tokens:
        parts[-1].append(token)
        if token.level == 0 and token.nesting <= 0:
            parts.append([])
    return [part for part in parts if part]


def _cite(state: StateInline, silent: bool) -> bool:
    found = _MARK.match(state.src, state.pos)
    if found is None or int(found[1]) not in state.env.get("cited", ()):
        return False
    if not silent:
        state.push("cite", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _draw_cite(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    number = int(tokens[at].content)
    return f'<button type="button" class="cite" data-cite="{number}" aria-label="Source {number}">{number}</button>'


def _draw_link(renderer: Any, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    tokens[at].attrSet("target", "_blank")
    tokens[at].attrSet("rel", "noopener noreferrer nofollow")
    return renderer.renderToken(tokens, at, options, env)
