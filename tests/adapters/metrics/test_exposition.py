"""`/metrics` over a real socket, as Prometheus reads it."""

import aiohttp
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from adapters.metrics.exposition import add_metrics
from adapters.web.server import serve
from core.measures import Measures


async def test_metrics_are_told_in_prometheus_words() -> None:
    measures = Measures()
    measures.turns["answered"] += 3
    measures.parts["first_word"].add(0.3)
    measures.nanos["chat", "model-a"] += 2_500_000
    app = web.Application()

    async def depth() -> int:
        return 7

    add_metrics(app, measures, depth)
    async with (
        serve(app, "127.0.0.1", 0) as address,
        aiohttp.ClientSession() as session,
        session.get(f"{address}/metrics") as answer,
    ):
        assert answer.status == 200
        text = await answer.text()
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["firstline_turns_total", "answered"] == 3
    assert found["firstline_outbox_depth",] == 7
    assert found["firstline_spend_total", "chat", "model-a"] == 0.0025
    assert found["firstline_seconds_bucket", "0.5", "first_word"] == 1
    assert found["firstline_seconds_bucket", "0.2", "first_word"] == 0
    assert found["firstline_seconds_count", "first_word"] == 1
