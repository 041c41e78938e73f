"""Fixtures of the domain model's tests."""

import pytest

from roadmap import Catalog, load_catalog


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The project's own catalog."""
    return load_catalog()
