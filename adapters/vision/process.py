"""The decoding process: `python -m adapters.vision.process`. Takes uploads on standard input, one after the other.

It never looks into an upload itself. Each is decoded in a child with limits of its own, so a bomb or a hostile
file takes down that child and nothing else, and nothing of one customer's picture is there for the next.
A request is a line of JSON and the upload's bytes; an answer is a line of JSON and the new bytes.
"""

import codecs
import importlib
import io
import json
import os
import signal
import sys
import time
from dataclasses import asdict
from typing import BinaryIO

from PIL import AvifImagePlugin, Image, features

from adapters.vision import stills
from adapters.vision.decoding import Bounds, Decoded, decode
from adapters.vision.sandbox import Contained, Limits, contained

_TOO_LONG = "it takes too long to open"
_TOO_MUCH = "it needs too much memory to open"
_READ_LATE = ("ImageChops", "ImageCms", "ImageMode", "ImagePalette", "ImageSequence", "ImageStat", "ImageFilter")
_ENCODINGS = ("ascii", "latin-1", "utf-8", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "cp1252", "cp437", "mac-roman")
_CAN_FORK = hasattr(os, "fork")


def main() -> None:
    """Serve until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us says when to stop
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    _load_everything()
    while line := requests.readline():
        request = json.loads(line)
        content = requests.read(int(request["size"]))
        bounds = Bounds(int(request["pixels"]), int(request["long_side_px"]), int(request["parts"]))
        limits = Limits(
            float(request["cpu_s"]),
            float(request["wall_s"]),
            int(request["memory_bytes"]),
            may_start_threads=content[4:8] == b"ftyp",  # the decoder of HEIC photos cannot do without one
        )
        _serve(content, bounds, limits, answers)


def _serve(content: bytes, bounds: Bounds, limits: Limits, answers: BinaryIO) -> None:
    began = time.monotonic()
    if _CAN_FORK:
        done = contained(lambda: packed(decode(content, bounds)), limits)
    else:  # whoever started us ends the whole process when it takes too long
        done = Contained(packed(decode(content, bounds)), 0.0)
    body = done.answer or packed(Decoded(problem=_TOO_LONG if done.why == "time" else _TOO_MUCH))
    head = {"size": len(body), "seconds": time.monotonic() - began, "peak_mb": done.peak_mb}
    answers.write(json.dumps(head).encode() + b"\n" + body)
    answers.flush()


def packed(decoded: Decoded) -> bytes:
    """A line of JSON about the parts, then their bytes."""
    head = asdict(decoded)
    head["parts"] = [(kind, len(content)) for kind, content in decoded.parts]
    return json.dumps(head).encode() + b"\n" + b"".join(content for _, content in decoded.parts)


def _load_everything() -> None:
    """A child can open no file, so every library has to be here before; small samples pull in what hides."""
    for name in _READ_LATE:
        importlib.import_module(f"PIL.{name}")
    for name in _ENCODINGS:
        codecs.lookup(name)
    try:
        heif = importlib.import_module("pillow_heif")
    except ImportError:
        pass
    else:
        heif.options.DECODE_THREADS = 1
        heif.options.THUMBNAILS = heif.options.DEPTH_IMAGES = heif.options.AUX_IMAGES = False
        heif.register_heif_opener()
    Image.init()
    stills.load()
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    sample = Image.linear_gradient("L").resize((64, 64)).convert("RGB")
    kinds = ["PNG", "JPEG", "GIF", "BMP", "TIFF", *(["WEBP"] if features.check("webp") else [])]
    for kind in [*kinds, *(["AVIF"] if features.check("avif") else [])]:
        out = io.BytesIO()
        sample.save(out, kind)
        decode(out.getvalue(), Bounds(10_000, 64, 2))


if __name__ == "__main__":
    main()
