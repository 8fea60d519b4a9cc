"""Labs for the tests in this folder."""

import pytest

from support.lab import Lab


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """All that stands here needs what a lab needs."""
    for item in items:
        if "/tests/lab/" in item.path.as_posix():
            item.add_marker(pytest.mark.lab)


@pytest.fixture
def lab(request):
    """A lab of the test's own; its options by parametrize("lab", [{...}], indirect=True)."""
    with Lab(**getattr(request, "param", {})) as built:
        yield built


@pytest.fixture(scope="module")
def shared_lab(request):
    """A lab that the tests of one file share; each leaves it as it found it."""
    with Lab(**getattr(request, "param", {})) as built:
        yield built
