"""A real HAProxy with the rendered configuration: what passes, how long it waits, when it spares the upstream."""

import http.client
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

import roadmap
from components.rendering.haproxy import MAXIMUM_ANSWER_BYTES, MAXIMUM_REQUESTS, haproxy_configuration
from roadmap.topology import Edge
from tests.servers.conftest import ROOT
from tests.servers.edge import Names, Proxy, Upstream, proxying, serving, two_ports
from tests.servers.processes import free_port, need

TASKS = "/api/v1/tasks"
KEYS = "/.well-known/jwks.json"
NAME = "monolith-api.year2-monolith.svc.cluster.local"
EDGE = Edge(
    name="ai-reads-monolith",
    consumer="ai",
    consumer_workloads=("ai-jobs",),
    namespace="year2-ai",
    port=1,
    upstream="monolith",
    upstream_namespace="year2-monolith",
    upstream_workload="monolith-api",
    upstream_port=1,
    path_prefixes=(TASKS, KEYS),
    timeout_seconds=0.5,
    breaker_errors=3,
    breaker_seconds=1.5,
)
REFUSED_PATHS = (
    "/",
    "/api/v1/users",
    "/api/v1/tasksX",
    "/api/v1/tasks.json",
    "/api/v1/Tasks",
    "/api/v1/%74asks",
    "/x/api/v1/tasks",
    "//api/v1/tasks",
    "/api/v1//tasks",
    f"{TASKS}/../users",
    f"{TASKS}/..",
    f"{TASKS}/./1",
    f"{TASKS}//1",
    f"{TASKS}/%2e%2e/users",
    f"{TASKS}/%2E%2E/users",
    f"{TASKS}/.%2e/users",
    f"{TASKS}/%252e%252e/users",
    f"{TASKS}%2f..%2fusers",
    f"{TASKS}/..%2fusers",
    f"{TASKS}/..;/users",
    f"{TASKS}/;a=b/../users",
    f"{TASKS}/..\\users",
    f"{TASKS}/%5c..%5cusers",
    f"{TASKS}/%00",
    f"{TASKS}/%c0%ae%c0%ae/users",
    f"http://elsewhere/api/v1/users?{TASKS}",
    f"http://elsewhere{TASKS}",
)


@pytest.fixture(scope="module")
def names() -> Iterator[Names]:
    """A name server that knows the upstream."""
    with Names(known={NAME}).answering() as answering:
        yield answering


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    """The upstream of every test here."""
    with serving(Upstream()) as answering:
        yield answering


@contextmanager
def fresh(names: Names, upstream_port: int, folder: Path, *, resolved: bool = True) -> Iterator[Proxy]:
    """A proxy with a closed circuit; its name is its own, for the proxies of one machine meet by that name."""
    port = two_ports()
    edge = EDGE.model_copy(
        update={"name": f"{EDGE.name}-{port}", "port": port, "upstream_port": upstream_port}
    )
    with proxying(edge, names, folder, resolved=resolved) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def reading(names: Names, upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """One proxy for all tests that leave its circuit closed."""
    with fresh(names, upstream.port, tmp_path_factory.mktemp("reading")) as proxy:
        yield proxy


@pytest.fixture
def proxy(names: Names, upstream: Upstream, tmp_path: Path) -> Iterator[Proxy]:
    """A proxy of the test's own."""
    with fresh(names, upstream.port, tmp_path) as started:
        yield started


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path",
    [
        TASKS,
        f"{TASKS}/",
        f"{TASKS}/7",
        f"{TASKS}/7/comments?q=../%2e%2e//&page=2",
        f"{TASKS}/a.b-c_~:@",
        KEYS,
    ],
)
def test_a_declared_read_passes_as_it_is(reading: Proxy, upstream: Upstream, method: str, path: str) -> None:
    answer = reading.ask(path, method, {"Authorization": "Bearer token"})
    assert (answer.status, len(answer.body)) == (200, 30 if method == "GET" else 0)
    seen = upstream.seen[-1]
    assert (seen.method, seen.path, seen.headers["authorization"]) == (method, path, "Bearer token")


def test_reads_over_one_connection_spread_at_the_upstream(reading: Proxy, upstream: Upstream) -> None:
    before = len(upstream.seen)
    consumer = http.client.HTTPConnection("127.0.0.1", reading.edge.port, timeout=10)
    consumer.connect()
    kept = consumer.sock
    for _ in range(5):
        consumer.request("GET", TASKS)
        assert len(consumer.getresponse().read()) == 30
    assert consumer.sock is kept
    consumer.close()
    assert len({seen.connection for seen in upstream.seen[before:]}) == 5


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "PURGE"])
def test_nothing_but_reads_passes(reading: Proxy, upstream: Upstream, method: str) -> None:
    before = len(upstream.seen)
    answer = reading.ask(TASKS, method)
    assert (answer.status, answer.headers.get("allow")) == (405, "GET, HEAD")
    assert len(upstream.seen) == before


@pytest.mark.parametrize("path", REFUSED_PATHS)
def test_no_other_path_passes(reading: Proxy, upstream: Upstream, path: str) -> None:
    before = len(upstream.seen)
    # 400 is HAProxy's own word for a request line or a host that it does not parse.
    assert reading.ask(path).status in (400, 403)
    assert len(upstream.seen) == before


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(b"x=1", {}, id="body"),
        pytest.param(None, {"Transfer-Encoding": "chunked"}, id="chunked-body"),
        pytest.param(
            None,
            {
                "Upgrade": "websocket",
                "Connection": "Upgrade",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            },
            id="websocket",
        ),
        pytest.param(None, {"Upgrade": "h2c", "Connection": "Upgrade"}, id="http2"),
    ],
)
def test_a_read_carries_nothing_else(
    reading: Proxy, upstream: Upstream, body: bytes | None, headers: dict[str, str]
) -> None:
    before = len(upstream.seen)
    assert reading.ask(TASKS, "GET", headers, body=body).status == 400
    assert len(upstream.seen) == before


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-IP", "X-HTTP-Method-Override"]
)
def test_a_consumer_does_not_speak_for_the_gateway(reading: Proxy, upstream: Upstream, header: str) -> None:
    assert reading.ask(TASKS, "GET", {header: "DELETE"}).status == 200
    assert header.lower() not in upstream.seen[-1].headers


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        pytest.param("chunked", "GET", 200, id="chunked"),
        pytest.param(f"bytes-{MAXIMUM_ANSWER_BYTES}", "GET", 200, id="largest"),
        pytest.param(f"bytes-{MAXIMUM_ANSWER_BYTES + 1}", "GET", 502, id="too-large"),
        pytest.param(f"bytes-{16 * MAXIMUM_ANSWER_BYTES}", "GET", 502, id="far-too-large"),
        pytest.param("cut", "GET", 502, id="cut-short"),
        pytest.param("status-304", "HEAD", 304, id="not-modified"),
        pytest.param("status-404", "GET", 404, id="not-found"),
    ],
)
def test_an_answer_comes_whole_or_not_at_all(reading: Proxy, path: str, method: str, status: int) -> None:
    # The successes between keep the circuit closed.
    assert reading.ask(TASKS).status == 200
    assert reading.ask(f"{TASKS}/{path}", method).status == status
    assert reading.ask(TASKS).status == 200


def test_an_answer_of_unknown_length_breaks_off_for_the_consumer_too(reading: Proxy) -> None:
    with pytest.raises(http.client.IncompleteRead):
        reading.ask(f"{TASKS}/chunkedcut")


@pytest.mark.parametrize(
    ("path", "seconds"), [("silent-5", "says nothing for 5 s"), ("drip-0", "sends a byte every 0.1 s")]
)
def test_an_answer_is_cut_at_the_timeout(
    reading: Proxy, path: str, seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = reading.ask(f"{TASKS}/{path}")
    assert reading.ask(TASKS).status == 200
    limit = reading.edge.timeout_seconds
    with capsys.disabled():
        print(f"\n  upstream {seconds}: {answer.status} after {answer.seconds:.3f} s of {limit} s")
    assert answer.status == 504
    assert limit * 0.9 < answer.seconds < limit + 0.2


@pytest.mark.parametrize(
    "failing", ["status-500", "status-503", "silent-5", "cut"], ids=["500", "503", "timeout", "cut-short"]
)
def test_consecutive_errors_open_the_circuit_for_its_time(
    proxy: Proxy, upstream: Upstream, failing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edge = proxy.edge
    assert [proxy.ask(f"{TASKS}/{failing}").status < 500 for _ in range(edge.breaker_errors)] == [
        False
    ] * edge.breaker_errors
    opened, before = time.monotonic(), len(upstream.seen)
    slowest, refused = 0.0, 0
    while (answer := proxy.ask(TASKS)).status == 503:
        slowest, refused = max(slowest, answer.seconds), refused + 1
        assert answer.headers["retry-after"] == "2"
        assert len(upstream.seen) == before
        assert time.monotonic() - opened < 2 * edge.breaker_seconds
        time.sleep(0.01)
    took = time.monotonic() - opened
    with capsys.disabled():
        print(
            f"\n  {failing}: open {took:.2f} s of {edge.breaker_seconds} s,"
            f" {refused} refused, the slowest in {slowest * 1000:.1f} ms"
        )
    assert (answer.status, len(upstream.seen)) == (200, before + 1)
    assert refused > 10
    assert slowest < edge.timeout_seconds / 2
    assert edge.breaker_seconds * 0.9 < took < edge.breaker_seconds + 0.3
    # Closed means closed: it takes all errors again to open it.
    for _ in range(edge.breaker_errors - 1):
        proxy.ask(f"{TASKS}/status-500")
    assert proxy.ask(TASKS).status == 200


@pytest.mark.parametrize("between", ["", "/status-404"], ids=["success", "not-found"])
def test_errors_between_answers_do_not_open_the_circuit(proxy: Proxy, between: str) -> None:
    for _ in range(5):
        for _ in range(proxy.edge.breaker_errors - 1):
            assert proxy.ask(f"{TASKS}/status-500").status == 500
        assert proxy.ask(f"{TASKS}{between}").status < 500


def test_refusals_of_the_proxy_are_no_errors_of_the_upstream(proxy: Proxy) -> None:
    for _ in range(2 * proxy.edge.breaker_errors):
        assert (proxy.ask("/api/v1/users").status, proxy.ask(TASKS, "POST").status) == (403, 405)
    assert proxy.ask(TASKS).status == 200


def test_refused_connections_open_the_circuit_and_the_proxy_stays_well(names: Names, tmp_path: Path) -> None:
    port = free_port()
    with fresh(names, port, tmp_path) as proxy:
        for _ in range(proxy.edge.breaker_errors):
            assert b"circuit open" not in proxy.ask(TASKS).body
        assert b"circuit open" in proxy.ask(TASKS).body
        assert proxy.healthy()
        with serving(Upstream(port)) as upstream:
            assert proxy.ask(TASKS).status == 503
            assert upstream.seen == []
            time.sleep(proxy.edge.breaker_seconds + 0.2)
            assert proxy.ask(TASKS).status == 200


def test_the_proxy_starts_before_its_upstream_has_a_name(
    upstream: Upstream, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Names().answering() as nobody, fresh(nobody, upstream.port, tmp_path, resolved=False) as proxy:
        assert proxy.ask(TASKS).status == 503
        nobody.known.add(NAME)
        appeared = time.monotonic()
        while not proxy.knows_its_upstream():
            assert time.monotonic() - appeared < 15
            time.sleep(0.05)
        found = time.monotonic() - appeared
        answer = proxy.ask(TASKS)
        with capsys.disabled():
            print(f"\n  upstream found {found:.1f} s after its name appeared")
        assert answer.status == 200


@pytest.mark.parametrize("year", ["year2", "year3"])
def test_haproxy_accepts_every_edge_of_the_roadmap_without_a_warning(year: str, tmp_path: Path) -> None:
    config = roadmap.load_stack_file(ROOT / "stacks" / f"Pulumi.{year}.yaml")
    edges = roadmap.resolve(config, roadmap.load_catalog()).edges
    assert edges
    for edge in edges:
        file = tmp_path / f"{edge.name}.cfg"
        file.write_text(haproxy_configuration(edge))
        check = subprocess.run([need("haproxy"), "-c", "-f", str(file)], capture_output=True, text=True)
        assert check.returncode == 0, check.stderr
        assert "WARNING" not in check.stderr


def test_many_reads_at_a_time(proxy: Proxy, capsys: pytest.CaptureFixture[str]) -> None:
    started, reads = time.monotonic(), 2000
    with ThreadPoolExecutor(MAXIMUM_REQUESTS // 4) as pool:
        answers = list(pool.map(lambda _: proxy.ask(TASKS), range(reads)))
    seconds = time.monotonic() - started
    answers += list(ThreadPoolExecutor(8).map(lambda _: proxy.ask(f"{TASKS}/bytes-400000"), range(200)))
    status = Path(f"/proc/{proxy.process}/status").read_text()
    memory = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024
    with capsys.disabled():
        print(
            f"\n  {reads} reads by {MAXIMUM_REQUESTS // 4} readers in {seconds:.1f} s; at most {memory} MiB"
        )
    assert {answer.status for answer in answers} == {200}
    assert memory < 256


def test_the_log_names_the_path_but_no_query(proxy: Proxy) -> None:
    proxy.ask(f"{TASKS}/7?token=verysecret", "GET", {"Authorization": "Bearer verysecret"})
    deadline = time.monotonic() + 5
    while f"path={TASKS}/7 status=200" not in proxy.log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "verysecret" not in proxy.log.read_text()
