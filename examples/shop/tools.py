"""What the agent can do in the demo shop: the ready-made tools over the shop's back end."""

from core.officetools import office_tools
from core.officewords import Assurances
from examples.shop.office import open_shop

TOOLS = office_tools(
    lambda context: open_shop(context.data_folder),
    Assurances(
        refund="It reaches your card within 3 to 5 working days.",
        ticket="A colleague looks into it within one working day.",
        reset_link="It is valid for one hour.",
    ),
)
