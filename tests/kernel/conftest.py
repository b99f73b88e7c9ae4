"""What the kernel's tests share."""

import pytest
from django.utils import translation


@pytest.fixture
def english():
    """Messages in English, whose words the test names."""
    with translation.override("en"):
        yield
