"""The page of the demo shop on which a customer is logged in: what a company adds to its own site, in 15 lines."""

import time
from typing import Any

import jwt


def who_asks(token: str, secret: str) -> dict[str, Any]:
    """Who wants to be known in the chat: `name` and `sub`, for the page to show. Raises `jwt.PyJWTError`."""
    return jwt.decode(token, secret, algorithms=["HS256"], audience="site", issuer="firstline")


def answer_for(token: str, customer_id: str, secret: str) -> str:
    """To be given to `/identity/claim` once the customer who is logged in said yes to exactly this person."""
    asked, now = who_asks(token, secret), int(time.time())
    return jwt.encode(
        {"iss": "site", "aud": "firstline", "jti": asked["jti"], "sub": asked["sub"], "customer": customer_id,
         "iat": now, "exp": now + 300},
        secret, algorithm="HS256",
    )  # fmt: skip
