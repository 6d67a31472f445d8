"""Headers that let us in somewhere: named in `firstline.toml`, their values kept in the environment."""

from collections.abc import Mapping

from core.errors import SettingsError


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
