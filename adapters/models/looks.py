"""What a model's name tells of it, where an endpoint tells nothing else."""

import re

_NO_CHAT = re.compile(
    r"embed|rerank|whisper|tts|audio|speech|transcri|dall-e|gpt-image|image|sora|moderation|realtime|"
    r"diffusion|flux|clip|guard|ocr|babbage|davinci|(^|-)(bge|gte|e5|minilm)(-|$)|(^|-)veo"
)
_EMBEDDING = re.compile(r"embed|(^|-)(bge|gte|e5)(-|$)|minilm")
_SEES = re.compile(
    r"vision|vl(-|$)|gpt-4o|gpt-4\.1|gpt-[5-9]|^o[34](-|$)|claude|gemini|gemma-?3-(4|12|27)b|pixtral|llava|llama-4|"
    r"minicpm-v|mistral-(small|medium)-3"
)
_SIZE = re.compile(r"(?:^|-)(\d+(?:\.\d+)?)([bm])(?:-|$)")
_SMALL_LIMIT_B = 4.5


def normal(model: str) -> str:
    """A model's id in one spelling, without the vendor before a slash."""
    return re.sub(r"[\s_:]+", "-", model.lower().rsplit("/", 1)[-1])


def chats(model: str) -> bool:
    """It looks like a model that answers in text."""
    return not _NO_CHAT.search(normal(model))


def embeds(model: str) -> bool:
    """It looks like an embedding model."""
    return bool(_EMBEDDING.search(normal(model))) and "rerank" not in normal(model)


def sees(model: str) -> bool:
    """It looks like a model that takes pictures."""
    return bool(_SEES.search(normal(model))) and chats(model)


def is_small(model: str) -> bool:
    """The size in its name is below what can be trusted with functions in a free answer."""
    size = _SIZE.search(normal(model))
    return bool(size) and (size[2] == "m" or float(size[1]) < _SMALL_LIMIT_B)
