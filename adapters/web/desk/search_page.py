"""Search: by words, case, customer, chat user or receipt."""

from collections.abc import Sequence

from markupsafe import Markup

from adapters.web.desk.pieces import NOTHING, Times, case_link, owner, short, stage, table
from core.casebook import Found

MOST = 50
_FORM = Markup(
    '<form class="search" action="/desk/search"><label for="q">Words that were said, a case, a customer, a chat user '
    'or a receipt</label><span><input id="q" name="q" type="search" maxlength="200" value="{}" autofocus>'
    "<button>Search</button></span></form>"
)


def search_page(words: str, found: Sequence[Found], times: Times) -> Markup:
    """The form, and what it found."""
    if not words:
        return _FORM.format("")
    caption = f"The newest {MOST} cases" if len(found) == MOST else f"Cases found: {len(found)}"
    return _FORM.format(words) + table(
        ("Case", "Words", "Said by", "Customer", "Owner", "Stage", "Opened"),
        (
            (
                case_link(each.case.id),
                short(each.line.text, 200) if each.line else NOTHING,
                (each.line.name or each.line.speaker) if each.line else NOTHING,
                each.case.customer_id or "not linked",
                owner(each.case),
                stage(each.case),
                times.at(each.case.opened_at),
            )
            for each in found
        ),
        caption=caption,
        none="No case has all of these words, and none has this id.",
    )
