"""The desk: handoff to people, what is kept private, and reports that can be checked.

python -m evals.desk
"""

import sys

from evals import desk_case, desk_pairs, desk_pii, desk_relay, desk_takeover
from evals.scorecard import Row, report


def rows() -> list[Row]:
    """All rows, always."""
    return [*desk_takeover.rows(), *desk_relay.rows(), *desk_pairs.rows(), *desk_case.rows(), *desk_pii.rows()]


if __name__ == "__main__":
    sys.exit(report("eval-desk", rows()))
