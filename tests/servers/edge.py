"""What stands around a real proxy: an upstream that answers as its path says, and a name server for its name."""

import http.client
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from components.rendering.haproxy import HEALTH_PATH, haproxy_configuration, health_port
from roadmap.topology import Edge
from tests.servers.processes import need, running

ADDRESS = 1
"""DNS's type of an IPv4 address."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One request as the upstream got it."""

    method: str
    path: str
    headers: Mapping[str, str]
    connection: int
    """The proxy's port."""


def _lowered(headers: Message) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}


class Upstream(ThreadingHTTPServer):
    """Answers 200 to everything unless the last segment of the path says otherwise; keeps what it saw."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.port: int = self.server_address[1]
        self.seen: list[Seen] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Upstream

    def do_GET(self) -> None:
        self.server.seen.append(
            Seen(
                method=self.command,
                path=self.path,
                headers=_lowered(self.headers),
                connection=self.client_address[1],
            )
        )
        kind, _, detail = self.path.split("?")[0].rsplit("/", maxsplit=1)[-1].partition("-")
        if kind == "silent":
            time.sleep(float(detail))
        body = b"x" * (int(detail) if kind == "bytes" else 30)
        self.send_response(int(detail) if kind == "status" else 200)
        if kind.startswith("chunked"):
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"1e\r\n" + body + b"\r\n" + (b"" if kind == "chunkedcut" else b"0\r\n\r\n"))
            self.close_connection = True
            return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if kind == "cut":
            body, self.close_connection = body[:1], True
        for number in range(len(body)) if kind == "drip" else ():
            try:
                self.wfile.write(body[number : number + 1])
            except OSError:
                return
            time.sleep(0.1)
        if kind != "drip":
            self.wfile.write(body)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what was asked is in `seen`."""


@contextmanager
def serving(upstream: Upstream) -> Iterator[Upstream]:
    """The upstream while it answers."""
    thread = threading.Thread(target=upstream.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield upstream
    finally:
        upstream.shutdown()
        thread.join()
        upstream.server_close()


@dataclass(kw_only=True)
class Names:
    """A name server on loopback that knows 127.0.0.1 by the names it was given."""

    port: int = 0
    known: set[str] = field(default_factory=set)

    @contextmanager
    def answering(self) -> Iterator["Names"]:
        """The name server while it answers."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            self.port = server.getsockname()[1]
            stop = threading.Event()
            server.settimeout(0.05)
            thread = threading.Thread(target=self._answer, args=(server, stop))
            thread.start()
            try:
                yield self
            finally:
                stop.set()
                thread.join()

    def _answer(self, server: socket.socket, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                query, client = server.recvfrom(4096)
            except TimeoutError:
                continue
            labels, at = [], 12
            while length := query[at]:
                labels.append(query[at + 1 : at + 1 + length].decode())
                at += 1 + length
            (kind,) = struct.unpack("!H", query[at + 1 : at + 3])
            known = ".".join(labels) in self.known
            found = known and kind == ADDRESS
            header = query[:2] + struct.pack("!HHHHH", 0x8580 if known else 0x8583, 1, int(found), 0, 0)
            record = struct.pack("!HHHIH", 0xC00C, ADDRESS, 1, 5, 4) + socket.inet_aton("127.0.0.1")
            server.sendto(header + query[12 : at + 5] + (record if found else b""), client)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the consumer got, after how many seconds."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A HAProxy that read the rendered configuration."""

    edge: Edge
    process: int
    log: Path

    def ask(
        self,
        path: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        port: int = 0,
    ) -> Answer:
        """One request with the path to the letter; raises IncompleteRead for an answer that breaks off."""
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port or self.edge.port, timeout=10)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        return Answer(
            status=response.status,
            headers=_lowered(response.headers),
            body=content,
            seconds=time.monotonic() - started,
        )

    def healthy(self) -> bool:
        """Whether the proxy answers for itself."""
        try:
            return self.ask(HEALTH_PATH, port=health_port(self.edge)).status == 200
        except OSError:
            return False

    def knows_its_upstream(self) -> bool:
        """Whether the upstream's name has been resolved; asking over the edge would count as an error."""
        return "changed its IP" in self.log.read_text()


@contextmanager
def proxying(edge: Edge, names: Names, folder: Path, *, resolved: bool = True) -> Iterator[Proxy]:
    """A proxy given the rendered text but for two things: it listens on loopback and asks `names` for addresses."""
    text = haproxy_configuration(edge)
    for rendered, here, times in (
        ("    bind :", "    bind 127.0.0.1:", 2),
        ("    parse-resolv-conf", f"    nameserver test 127.0.0.1:{names.port}", 1),
    ):
        assert text.count(rendered) == times
        text = text.replace(rendered, here)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "haproxy.cfg").write_text(text)
    log = folder / "output.log"
    proxy = Proxy(edge=edge, process=0, log=log)
    with running(
        [need("haproxy"), "-db", "-f", str(folder / "haproxy.cfg")],
        folder=folder,
        answers=lambda: proxy.healthy() and (proxy.knows_its_upstream() or not resolved),
    ) as process:
        yield Proxy(edge=edge, process=process.pid, log=log)


def two_ports() -> int:
    """The first of two neighbouring ports that nobody uses, outside the range that connections take theirs from."""
    while True:
        port = random.randrange(15000, 30000)
        try:
            with socket.socket() as first, socket.socket() as second:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
                return port
        except OSError:
            continue
