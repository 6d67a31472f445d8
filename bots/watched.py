"""`/metrics`, where it was asked for."""

from aiohttp import web

from bots.house import House
from bots.settings import Settings
from core.errors import SettingsError


def add_watching(app: web.Application, house: House, settings: Settings) -> None:
    """Serve `/metrics` if `[metrics]` says so. Raises `SettingsError` without the extra."""
    if not settings.configuration.metrics.enabled:
        return
    try:
        # Imported here because it needs an extra.
        from adapters.metrics.exposition import add_metrics
    except ModuleNotFoundError as error:
        raise SettingsError(["[metrics] needs the extra `metrics`: pip install 'firstline[metrics]'"]) from error
    add_metrics(app, house.measures, house.store.outbox.depth)
