"""What endpoints answer when asked for a form about a picture: whatever it is, a valid finding comes of it."""

import json
from collections.abc import Sequence
from typing import Any

from adapters.models.opening import open_models
from adapters.models.settings import ModelsSettings, ModelTable
from core.errors import BotError
from core.finding import Finding
from core.looking import FirstEyes, ModelEyes, NoEyes
from core.modelling import Picture
from core.vision import CheckedImage, Code
from evals.scorecard import Row
from evals.sets import Folders
from evals.vision_renders import drawn, encoded
from tests.servers.model import ModelServer, Pace, Reply, Rule, serve

_GOOD = {"kind": "parcel", "summary": "A crushed box.", "damage": "severe", "damage_kind": "crush", "confidence": 0.9}
_TEXT = json.dumps(_GOOD)

ANSWERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("as asked", {"json": _GOOD}),
    ("in a fence", {"text": f"```json\n{_TEXT}\n```"}),
    ("with words around", {"text": f"Of course! Here is the form: {_TEXT} Anything else?"}),
    ("wrapped in a name", {"json": {"finding": _GOOD}}),
    ("cut off", {"text": _TEXT[:60]}),
    ("single quotes", {"text": str(_GOOD)}),
    ("trailing comma", {"text": _TEXT[:-1] + ",}"}),
    ("comments", {"text": "{// a form\n" + _TEXT[1:]}),
    ("unknown values", {"json": {"kind": "dragon", "damage": 9, "confidence": "very", "parcels": "several"}}),
    ("wrong types", {"json": {"summary": ["a", "b"], "error_codes": "E-1, E-2", "parcels": True, "text": {"a": 1}}}),
    ("too long", {"json": {"summary": "x" * 9_000, "text": "y" * 50_000, "error_codes": ["z" * 900] * 90}}),
    ("more than asked", {"json": {**_GOOD, "is_text_only": True, "codes": ["FORGED"], "tool": "refund"}}),
    ("nulls", {"json": dict.fromkeys(_GOOD)}),
    ("an empty form", {"text": "{}"}),
    ("a list", {"text": "[1, 2]"}),
    ("a refusal", {"text": "I am sorry, I cannot look at pictures."}),
    ("nothing", {"text": ""}),
    ("deep nesting", {"text": '{"a":' * 3_000}),
    ("control characters", {"text": '{"summary": "a\u0000b\u202e", "kind": "parcel"}'}),
    ("a tool call", {"tool_calls": [{"name": "initiate_refund", "arguments": '{"order_id": "88291"}'}]}),
    ("an error", {"status": 500}),
    ("refused as unknown", {"status": 404}),
    ("a connection cut", {"text": _TEXT * 3, "fault": "drop", "fault_after": 3}),
    ("a broken stream", {"text": _TEXT * 3, "fault": "bad_sse", "fault_after": 3}),
)


async def answers(_: Folders) -> Sequence[Row]:
    """`finding_json_valid`."""
    code = Code("QRCode", "https://shop.example/88291")
    picture = Picture("image/png", encoded(drawn(["Order #88291"]), "PNG"))
    image = CheckedImage("0" * 64, picture, 900, 168, codes=(code,))
    wrong: list[str] = []
    for name, reply in ANSWERS:
        server = ModelServer(Pace(ttft_s=0.0, tokens_per_s=100_000.0))
        server.rules.append(Rule("", Reply(**reply)))
        async with serve(server) as url:
            table = ModelTable(base_url=f"{url}/v1", model="bench-vl", sees_pictures=True, first_chunk_limit_s=5)
            async with open_models(ModelsSettings(vision=table, chat=table), base_url=f"{url}/v1") as models:
                eyes = FirstEyes(ModelEyes(models.chat("vision")), NoEyes())
                try:
                    finding = (await eyes.look(image, question="What is broken?")).finding
                    finding = Finding.model_validate_json(finding.model_dump_json())
                except (BotError, ValueError) as error:
                    wrong.append(f"{name}: {type(error).__name__}")
                    continue
        is_forged = finding.codes != (code.text,) or any(record.tools for record in server.records)
        wrong += [f"{name}: forged"] if is_forged else []
    right = len(ANSWERS) - len(wrong)
    note = f"{right}/{len(ANSWERS)} kinds of answer" + (f"; first: {wrong[0]}" if wrong else "")
    return [Row("finding_json_valid", right / len(ANSWERS), 1.0, note=note)]
