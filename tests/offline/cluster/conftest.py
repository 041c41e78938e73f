"""One embedded cluster for all tests that only use it; tests that break one start their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from offline.cluster import down, up
from tests.offline.cluster.live import Live


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A running cluster of its own clone folder, gone after the last test."""
    root = tmp_path_factory.mktemp("clone")
    try:
        yield Live.of(up(root))
    finally:
        down(root)
