"""Ids that people read aloud and type: short, without letters that look alike."""

import hashlib
import secrets

# Crockford's base32: no I, L, O, U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 6


def readable(prefix: str) -> str:
    """A random id like `C-7K2M9X`; whoever keeps it has to see that it is free."""
    return f"{prefix}-{''.join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))}"


def nonce_of(*parts: str) -> str:
    """24 characters that are the same for the same parts; platforms take 25 at most."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()
