"""Headers that let us in somewhere: named in `firstline.toml`, their values kept in the environment alone."""

from collections.abc import Mapping

from core.errors import SettingsError

_SHORTEST = 4
"""Characters of a secret; what is shorter stands in any text."""


def secret_headers(names: Mapping[str, str], environment: Mapping[str, str], where: str) -> dict[str, str]:
    """Header values from the environment. Raises `SettingsError` naming each variable that is missing."""
    missing = [
        f"{where}: set {variable} for the header {name}."
        for name, variable in names.items()
        if not environment.get(variable)
    ]
    if missing:
        raise SettingsError(missing)
    return {name: environment[variable] for name, variable in names.items()}


def hidden(text: str, headers: Mapping[str, str]) -> str:
    """What another system says, without the secrets that it was given: it may send them back, and a model reads it."""
    for value in headers.values():
        for secret in sorted({value, value.rpartition(" ")[2]}, key=len, reverse=True):
            if len(secret) >= _SHORTEST:
                text = text.replace(secret, "•••")
    return text
