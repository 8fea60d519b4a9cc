"""Tests that must not run beside each other do not, when the suite is spread over processes."""

import os

import pytest


@pytest.mark.slow
def test_a_test_that_starts_programs_is_in_its_group(request):
    """xdist puts a group's name behind the test's; once it silently did not, and nothing failed."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@whole")
    else:
        assert request.node.get_closest_marker("xdist_group").args == ("whole",)
