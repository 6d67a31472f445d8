"""Which model does which work, and what of the customer it gets to see."""

from collections.abc import Callable

from bots.minds import Minds
from bots.settings import Settings
from core.masking import MaskedModel
from core.modelling import ChatModel, Work
from core.redaction import CONTACTS


def cheap(settings: Settings, minds: Minds) -> Callable[[], ChatModel] | None:
    """The route of small work that people do not wait for; a model of this machine has enough to do."""
    if minds.models is None or minds.chat("summary").profile.is_small:
        return None
    models = masking(settings, minds)
    return lambda: models("summary")


def masking(settings: Settings, minds: Minds) -> Callable[[Work], ChatModel]:
    """Hosted models see masks; one on this machine may see what the machine knows."""

    def chat(work: Work) -> ChatModel:
        model = minds.chat(work)
        is_masked = settings.configuration.desk.mask_before_model and not model.profile.is_small
        return MaskedModel(model, CONTACTS) if is_masked else model

    return chat
