"""How all tests run."""

import os

from hypothesis import settings

# The same examples each time, so that a change is judged by what it changes. FIRSTLINE_TEST_EXPLORE=1 looks for more.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile("explore" if os.environ.get("FIRSTLINE_TEST_EXPLORE") else "same")
