"""The end of a case: when a message says goodbye, and what the customer is asked."""

import re

_WORDS = re.compile(
    r"(?:ok(?:ay)?|great|perfect|super|cool|awesome|thanks?|thank\s+you|thx|ty|cheers|so\s+much|very\s+much|a\s+lot"
    r"|bye|goodbye|have\s+a\s+(?:nice|good|great)\s+(?:day|evening|weekend|one)|you\s+too|all\s+good|that\s+(?:works|worked|helps|helped)"
    r"|for\s+(?:your|the)\s+help|many|danke(?:\s+(?:dir|ihnen|schön|sehr))?|vielen\s+dank|merci(?:\s+beaucoup)?|gracias"
    r"|muchas|obrigad[oa]|grazie(?:\s+mille)?|[\s!.,:;()❤️👍🙏😊🙂😀🎉-])+",
    re.IGNORECASE,
)


def is_farewell(text: str) -> bool:
    """Nothing but thanks or goodbye: no reason to open a case again, and no question to answer."""
    return bool(text.strip()) and _WORDS.fullmatch(text) is not None
