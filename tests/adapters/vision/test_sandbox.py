"""What runs in a confined child reaches nothing, takes little, and ends."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@pytest.mark.parametrize(
    ("job", "heard"),
    [
        ("answers", "done"),
        ("reads_a_file", "memory"),
        ("opens_a_way_out", "memory"),
        ("starts_a_process", "memory"),
        ("takes_memory", "memory"),
        ("takes_time", "time"),
        ("falls_asleep", "time"),
    ],
)
def test_a_confined_job_answers_or_is_ended(job: str, heard: str) -> None:
    command = [sys.executable, "-m", "tests.adapters.vision.contained_job", job]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == [heard]
