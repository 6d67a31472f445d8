"""`/metrics`: what the process counts, as Prometheus reads it. Needs the extra `metrics`."""

from collections.abc import Awaitable, Callable, Iterator

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from core.measures import BUCKETS_S, Measures
from core.prices import NANOS

METRICS = "/metrics"

Depth = Callable[[], Awaitable[int]]
"""How many posts wait to be delivered."""


class Exposition(Collector):
    """Turns measures into metric families each time somebody asks."""

    def __init__(self, measures: Measures) -> None:
        self._measures = measures
        self.outbox = 0

    def collect(self) -> Iterator[Metric]:
        """See `prometheus_client`."""
        measures = self._measures
        took = HistogramMetricFamily("firstline_seconds", "Where the time of an answer goes.", labels=["part"])
        for part, series in measures.parts.items():
            count, buckets = 0, list[tuple[str, float]]()
            for edge, more in zip((*map(str, BUCKETS_S), "+Inf"), series.counts, strict=True):
                count += more
                buckets.append((edge, count))
            took.add_metric([part], buckets, series.sum_s)
        yield took
        turns = CounterMetricFamily("firstline_turns", "Turns by how they ended.", labels=["ended"])
        for ended, number in measures.turns.items():
            turns.add_metric([ended], number)
        yield turns
        calls = CounterMetricFamily(
            "firstline_model_requests", "Model requests by what became of them.", labels=["route", "model", "outcome"]
        )
        for labels, number in measures.calls.items():
            calls.add_metric(labels, number)
        yield calls
        tokens = CounterMetricFamily("firstline_tokens", "Tokens of models.", labels=["route", "model", "kind"])
        for labels, number in measures.tokens.items():
            tokens.add_metric(labels, number)
        yield tokens
        spend = CounterMetricFamily(
            "firstline_spend", "Money in the currency of the price book.", labels=["route", "model"]
        )
        for pair, nanos in measures.nanos.items():
            spend.add_metric(pair, nanos / NANOS)
        yield spend
        yield GaugeMetricFamily("firstline_outbox_depth", "Posts that wait to be delivered.", value=self.outbox)


def add_metrics(app: web.Application, measures: Measures, depth: Depth) -> None:
    """Serve `/metrics` on the process's own web server, which listens on loopback unless told otherwise."""
    registry = CollectorRegistry()
    exposition = Exposition(measures)
    registry.register(exposition)

    async def shown(request: web.Request) -> web.Response:
        exposition.outbox = await depth()
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.router.add_get(METRICS, shown)
