"""A preview waits for a pack to start: it says what it is first, and reads what it judges by after that."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from google.protobuf import empty_pb2
from pulumi.runtime import proto

from .recorded import PROJECT
from .started import started

PACK = """
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, {project!r})
from policies.isolation.packs import ISOLATION
from policies.isolation.server import serve

serve(replace(ISOLATION, prepare=Path({mark!r}).touch), name="marked")
"""
SECONDS = 30.0


def test_the_models_are_not_loaded_to_say_what_the_pack_is() -> None:
    """They take as long to load as everything else together."""
    code = "import sys, policies.roadmap.server; print(*sorted({'pydantic', 'roadmap.topology'} & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    assert loaded.stdout.split() == []


def test_a_pack_prepares_once_the_engine_has_configured_it(tmp_path: Path) -> None:
    mark, folder = tmp_path / "prepared", tmp_path / "pack"
    folder.mkdir()
    (folder / "__main__.py").write_text(PACK.format(project=str(PROJECT), mark=str(mark)))
    with started(folder, tmp_path) as client:
        assert client.GetAnalyzerInfo(empty_pb2.Empty()).name == "marked"
        assert not mark.exists()
        client.Configure(proto.ConfigureAnalyzerRequest())
        ends = time.monotonic() + SECONDS
        while not mark.exists() and time.monotonic() < ends:
            time.sleep(0.01)
        assert mark.exists()
