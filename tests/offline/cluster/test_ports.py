"""Ports that stay the same for a clone, and what happens when somebody else has one."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from offline.cluster import ports
from offline.cluster.errors import ClusterError


def test_the_same_clone_always_prefers_the_same_distinct_ports(tmp_path: Path) -> None:
    first = ports.preferred(tmp_path)
    assert first == ports.preferred(tmp_path / "folder" / "..")
    assert first != ports.preferred(tmp_path / "other")
    assert len(set(first.values())) == len(ports.NAMES)


@pytest.mark.parametrize("name", [f"clone-{number}" for number in range(50)])
def test_ports_lie_below_the_ephemeral_and_the_node_port_range(name: str) -> None:
    assert all(20000 <= port < 30000 for port in ports.preferred(Path("/") / name).values())


@pytest.mark.parametrize(
    ("taken", "ours", "expected"),
    [
        (set(), frozenset(), {"apiserver": 20010, "etcd": 20011}),
        ({20010}, frozenset(), {"apiserver": 20020, "etcd": 20011}),
        ({20010, 20020}, frozenset(), {"apiserver": 20030, "etcd": 20011}),
        ({20010, 20011}, frozenset({"apiserver", "etcd"}), {"apiserver": 20010, "etcd": 20011}),
    ],
    ids=["all free", "one taken moves alone", "the next taken too", "ours stay ours"],
)
def test_choice(taken: set[int], ours: frozenset[str], expected: dict[str, int]) -> None:
    wanted = {"apiserver": 20010, "etcd": 20011}
    assert ports.choose(wanted, ours=ours, free=lambda port: port not in taken) == expected


def test_the_search_goes_round_and_ends_with_a_sentence() -> None:
    last = ports.FIRST + ports.BLOCK * (ports.BLOCKS - 1)
    assert ports.choose({"etcd": last}, ours=frozenset(), free=lambda port: port != last) == {
        "etcd": ports.FIRST
    }
    with pytest.raises(
        ClusterError, match=r"no free port for etcd on 127.0.0.1 between 20000 and 30000: end the"
    ):
        ports.choose({"etcd": last}, ours=frozenset(), free=lambda _: False)


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"], ids=["loopback", "every address"])
def test_a_listening_server_is_seen(address: str) -> None:
    with socket.create_server((address, 0)) as server:
        port = server.getsockname()[1]
        assert not ports.is_free(port)
    assert ports.is_free(port)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", json.dumps({"etcd": 1}), json.dumps(dict.fromkeys(ports.NAMES, "20000"))],
    ids=["empty", "cut off", "a list", "incomplete", "not numbers"],
)
def test_a_damaged_record_is_no_record(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ports.json"
    assert ports.read(path) is None
    path.write_text(text)
    assert ports.read(path) is None


def test_what_is_written_is_read(tmp_path: Path) -> None:
    ports.write(tmp_path / "ports.json", ports.preferred(tmp_path))
    assert ports.read(tmp_path / "ports.json") == ports.preferred(tmp_path)
