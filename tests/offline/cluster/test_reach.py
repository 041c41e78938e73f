"""One clear error about an API server, for any kubeconfig and context."""

from __future__ import annotations

import base64
import http.server
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from offline.cluster import certificates
from offline.cluster.errors import ClusterError
from offline.cluster.ports import is_free
from offline.cluster.reach import contexts, reach


class ApiServer(http.server.BaseHTTPRequestHandler):
    """Answers like an API server whose only valid token is `good`; `/readyz` says what the server is told to say."""

    ready = 200

    def do_GET(self) -> None:
        token = self.headers.get("Authorization")
        if token not in (None, "Bearer good"):
            status, body = 401, b"{}"
        elif self.path == "/version":
            status, body = 200, b'{"gitVersion": "v1.35.4"}'
        else:
            status, body = type(self).ready, b"[-]etcd failed"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("reach") / "set"
    certificates.make(made)
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[http.server.ThreadingHTTPServer]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "apiserver.crt", folder / "apiserver.key")
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ApiServer)
    running.socket = tls.wrap_socket(running.socket, server_side=True)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def config(
    server: http.server.ThreadingHTTPServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """A kubeconfig that works; each case breaks one thing in it."""
    monkeypatch.setattr(ApiServer, "ready", 200)
    authority = base64.b64encode((folder / "ca.crt").read_bytes()).decode()
    url = f"https://127.0.0.1:{server.server_address[1]}"
    return {
        "clusters": [{"name": "c", "cluster": {"server": url, "certificate-authority-data": authority}}],
        "users": [{"name": "u", "user": {"token": "good"}}],
        "contexts": [
            {"name": "dev", "context": {"cluster": "c", "user": "u"}},
            {"name": "lost", "context": {"cluster": "gone", "user": "u"}},
        ],
    }


def write(folder: Path, config: dict[str, Any]) -> Path:
    path = folder / "kubeconfig"
    path.write_text(json.dumps(config))
    return path


def test_a_server_that_is_ready_is_reached(tmp_path: Path, config: dict[str, Any]) -> None:
    path = write(tmp_path, config)
    reached = reach(path, "dev")
    assert (reached.version, reached.context, reached.kubeconfig) == ("v1.35.4", "dev", path)
    assert contexts(path) == ["dev", "lost"]


def cluster(**change: object) -> Callable[[dict[str, Any]], None]:
    return lambda config: config["clusters"][0]["cluster"].update(change)


def user(**change: object) -> Callable[[dict[str, Any]], None]:
    return lambda config: config["users"][0].update(
        user={key.replace("_", "-"): it for key, it in change.items()}
    )


@pytest.mark.parametrize(
    ("change", "context", "expected"),
    [
        (cluster(), "prod", "there is no context `prod`; contexts in it: `dev`, `lost`."),
        (cluster(), "lost", "context `lost` names cluster `gone`, which has no server in it."),
        (cluster(server="https://127.0.0.1:1"), "dev", "cannot be reached (Connection refused)"),
        (cluster(server="::"), "dev", "its server is not a URL"),
        (
            cluster(**{"certificate-authority-data": ""}),
            "dev",
            "the server is not the one the kubeconfig trusts",
        ),
        (
            cluster(**{"certificate-authority-data": "%"}),
            "dev",
            "certificate-authority-data of context `dev` is not base64",
        ),
        (cluster(**{"certificate-authority-data": "eA=="}), "dev", "a certificate in it cannot be used"),
        (user(token="old"), "dev", "does not accept the user's credentials (401)"),
        (user(tokenFile="nowhere"), "dev", "No such file or directory"),
    ],
    ids=[
        "unknown context",
        "context without its cluster",
        "server down",
        "no URL",
        "another authority",
        "authority not base64",
        "authority not a certificate",
        "expired token",
        "token file missing",
    ],
)
def test_one_thing_wrong_is_one_message_with_file_and_fix(
    tmp_path: Path,
    config: dict[str, Any],
    change: Callable[[dict[str, Any]], None],
    context: str,
    expected: str,
) -> None:
    change(config)
    path = write(tmp_path, config)
    with pytest.raises(ClusterError) as error:
        reach(path, context)
    message = str(error.value)
    assert message.startswith(f"{path}: ")
    assert expected in message
    assert "\n  fix: " in message


@pytest.mark.parametrize(
    ("environment", "proxy_url", "reached"),
    [("http://127.0.0.1:1", None, True), ("", "http://127.0.0.1:1", False)],
    ids=["loopback is never asked through the environment's proxy", "the cluster's own proxy is taken"],
)
def test_proxies(
    tmp_path: Path,
    config: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    environment: str,
    proxy_url: str | None,
    reached: bool,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", environment)
    config["clusters"][0]["cluster"]["proxy-url"] = proxy_url
    if reached:
        assert reach(write(tmp_path, config), "dev").version == "v1.35.4"
    else:
        with pytest.raises(ClusterError, match="cannot be reached"):
            reach(write(tmp_path, config), "dev")


def test_a_server_that_is_not_ready_says_why(
    tmp_path: Path, config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ApiServer, "ready", 500)
    with pytest.raises(ClusterError, match=r"the API server is not ready \(500\): \[-\]etcd failed"):
        reach(write(tmp_path, config), "dev")


@pytest.mark.parametrize(
    "change",
    [
        user(exec={"command": "never-run"}),
        user(),
        cluster(**{"insecure-skip-tls-verify": True}),
        cluster(**{"tls-server-name": "localhost"}),
    ],
    ids=["login by a program", "no user", "unverified on request", "another server name"],
)
def test_other_ways_to_connect(
    tmp_path: Path, config: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    change(config)
    assert reach(write(tmp_path, config), "dev").version == "v1.35.4"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "there is no such kubeconfig"),
        ("[", "not YAML"),
        ("text", "not a kubeconfig"),
        ("contexts: {a: b}", "`contexts` is not a list of named entries"),
    ],
    ids=["missing", "not YAML", "not a mapping", "contexts not a list"],
)
def test_a_file_that_is_no_kubeconfig_is_named(tmp_path: Path, text: str | None, expected: str) -> None:
    path = tmp_path / "config"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ClusterError) as error:
        reach(path, "dev")
    assert str(error.value).startswith(f"{path}: {expected}")


def test_the_fix_for_the_embedded_cluster_is_to_start_it(tmp_path: Path, config: dict[str, Any]) -> None:
    folder = tmp_path / ".cluster"
    with pytest.raises(ClusterError, match="fix: start the embedded cluster with `make cluster`"):
        reach(folder / "kubeconfig", "embedded")
    folder.mkdir()
    assert is_free(1)
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    with pytest.raises(ClusterError, match="fix: start the embedded cluster with `make cluster`"):
        reach(write(folder, config), "dev")


def test_no_other_kubeconfig_is_read(
    tmp_path: Path, config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither $KUBECONFIG nor ~/.kube/config: both hold context `dev` here, the named file does not."""
    home = tmp_path / "home"
    (home / ".kube").mkdir(parents=True)
    (home / ".kube" / "config").write_text(json.dumps(config))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("KUBECONFIG", str(home / ".kube" / "config"))
    config["contexts"] = []
    with pytest.raises(ClusterError, match="there is no context `dev`; contexts in it: none"):
        reach(write(tmp_path, config), "dev")
