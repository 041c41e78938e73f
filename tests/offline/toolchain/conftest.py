"""A machine of its own for each test: an empty cache, and a `go` that obeys orders instead of compiling."""

import json
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from offline.toolchain.go import find_go

FAKE_GO = """\
#!/bin/sh
# A compiler under orders: "env" answers the query, "build -o FILE" writes FILE after doing what the file `orders` says.
here=$(dirname "$0")
if [ "$1" = env ]; then cat "$here/env.json"; exit 0; fi
echo "$$ $*" >> "$here/calls"
for word; do [ "$previous" = -o ] && output=$word; previous=$word; done
. "$here/orders"
echo "made by $*" > "$output"
chmod 755 "$output"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a test may change about the machine."""

    bin: Path
    """Folder first on PATH; holds `go`."""
    cache: Path
    """The toolchain's part of the cache."""

    def order(self, script: str) -> None:
        """Shell lines that every `go build` runs before it writes its output."""
        (self.bin / "orders").write_text(textwrap.dedent(script) + "\n")

    def calls(self) -> list[str]:
        """The command lines of `go build` so far."""
        calls = self.bin / "calls"
        return calls.read_text().splitlines() if calls.exists() else []

    def install_go(self, version: str) -> None:
        """Let `go env` say this version."""
        places = {"GOCACHE": str(self.bin), "GOMODCACHE": str(self.bin)}
        answer = {"GOVERSION": version, "GOOS": "linux", "GOARCH": "amd64", **places}
        (self.bin / "env.json").write_text(json.dumps(answer))
        find_go.cache_clear()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with a new enough Go, nothing built, and plenty of disk."""
    found = Machine(bin=tmp_path / "bin", cache=tmp_path / "cache" / "service-extraction" / "toolchain")
    found.bin.mkdir()
    (found.bin / "go").write_text(FAKE_GO)
    (found.bin / "go").chmod(0o755)
    found.order(":")
    found.install_go("go1.99.0")
    monkeypatch.setenv("PATH", f"{found.bin}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SERVICE_EXTRACTION_BIN", raising=False)
    return found


@pytest.fixture(autouse=True)
def _forget_the_compiler() -> None:
    find_go.cache_clear()
