"""What every table of settings is made of."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]
Amount = Annotated[Decimal, Field(ge=0)]


class Section(BaseModel):
    """A table of `firstline.toml`; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)
