"""What the page sends, checked here and nowhere else."""

from typing import Annotated, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
_LIMIT_BYTES = 200_000


class _Payload(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(_Payload):
    """A message. The page makes its id, so that sending it again after a lost answer changes nothing."""

    id: Key
    text: str = ""
    uploads: list[Key] = Field(default_factory=list[str], max_length=20)


class Pressed(_Payload):
    """A button, or the staff's reply box."""

    key: Key
    action: str = Field(max_length=40)
    value: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=8_000)
    is_staff: bool = False


class Proving(_Payload):
    """A step of somebody who proves who they are."""

    key: Key
    action: Literal["verify", "verify_again", "verify_address", "verify_code"]
    value: str = Field(default="", max_length=80)
    text: str = Field(default="", max_length=300)


AnyPayload = TypeVar("AnyPayload", bound=_Payload)


async def read(request: web.Request, model: type[AnyPayload]) -> AnyPayload:
    """The body as a payload. Raises 400 or 413 with a line for whoever sits at the page."""
    if (request.content_length or 0) > _LIMIT_BYTES:
        raise web.HTTPRequestEntityTooLarge(_LIMIT_BYTES, request.content_length or 0, text="That text is too long.")
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as error:
        raise web.HTTPBadRequest(text="The page sent something unexpected. Reload it and try again.") from error
