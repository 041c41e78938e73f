"""A provider's process: it says its port and nothing else, and it never outlives its engine."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2

from tests.offline.providers.conftest import ROOT
from tests.offline.providers.engine import PLUGINS
from tests.offline.providers.provider_process import Provider

# 127.0.0.1 as /proc/net/tcp and, mapped into IPv6, /proc/net/tcp6 spell it.
LOOPBACK = ("0100007F", "0000000000000000FFFF00000100007F")
ENGINE = """
import subprocess, sys, time
command = [sys.executable, "-m", "offline.providers." + sys.argv[1]]
provider = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
provider.stdout.readline()
print(provider.pid, flush=True)
time.sleep(60)
"""


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("package", sorted(PLUGINS))
def test_a_provider_ends_when_its_engine_is_killed(package: str) -> None:
    engine = subprocess.Popen(
        [sys.executable, "-c", ENGINE, package],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert engine.stdout is not None
    with engine, engine.stdout:
        provider = int(engine.stdout.readline())
        assert is_running(provider)
        os.kill(engine.pid, signal.SIGKILL)
        engine.wait(timeout=5)
        deadline = time.monotonic() + 10
        while is_running(provider) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not is_running(provider)


@pytest.mark.parametrize("package", sorted(PLUGINS))
def test_the_handshake(package: str) -> None:
    with Provider.started(package, ROOT) as provider:
        answer = provider.call(
            "Handshake", provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:1")
        )
        assert answer.accept_secrets
        assert provider.call("GetPluginInfo", Empty()).version == PLUGINS[package]
        assert provider.call("GetMapping", provider_pb2.GetMappingRequest(key="terraform")).data == b""
        for method, request in (
            ("Call", provider_pb2.CallRequest()),
            ("Parameterize", provider_pb2.ParameterizeRequest()),
        ):
            with pytest.raises(grpc.RpcError) as refused:
                getattr(provider.stub, method)(request)
            assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("package", sorted(PLUGINS))
def test_it_is_reachable_from_this_machine_only(package: str) -> None:
    with Provider.started(package, ROOT) as provider:
        listening = [
            line.split()[1]
            for table in ("tcp", "tcp6")
            for line in Path(f"/proc/{provider.process.pid}/net/{table}").read_text().splitlines()[1:]
            if line.split()[3] == "0A" and line.split()[9] in inodes(provider.process.pid)
        ]
        assert listening
        assert all(address.partition(":")[0] in LOOPBACK for address in listening)


def inodes(pid: int) -> set[str]:
    """The sockets that a process holds."""
    links = (str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink())
    return {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:[")}
