"""HAProxy's configuration for one edge: what may be read, for how long, and when the upstream is left alone.

Two frontends in one process, because HAProxy's own timeouts bound silence and not an answer: the inner one waits until
the upstream's answer is there whole, the outer one sees that as a single wait and cuts it at the edge's timeout. An
answer therefore arrives complete and in time, or as an error that the consumer can tell from one.

The circuit is an entry of a table that counts consecutive errors and expires by itself. `observe layer7` with
`on-error mark-down`, the other way to build one, closes again by health checks only: their number would have to
stand for the time, each would reach the upstream while the circuit is open, and the upstream's health path would have
to be known here.
"""

import math
import re

from roadmap.topology import Edge

CLUSTER_DOMAIN = "cluster.local"
"""HAProxy's resolver asks for a name as it stands, without the search domains of the pod's resolv.conf."""
MAXIMUM_REQUESTS = 64
"""Requests at a time; more wait in the kernel's queue. Bounds the memory together with `BUFFER_BYTES`."""
BUFFER_BYTES = 512 * 1024
MAXIMUM_ANSWER_BYTES = BUFFER_BYTES - 64 * 1024
"""Largest answer that passes: what is held until it is whole has to fit, beside its headers, into one buffer."""
IDLE_SECONDS = 30
"""How long a consumer's connection may wait for its next request."""
HEALTH_PATH = "/healthz"
SEGMENT = r"[A-Za-z0-9_~!$&()*+,=:@.-]+"
"""One segment of a path that every server reads alike: no escape, no backslash, no `;parameter`."""
DOTTED = "/[.][.]?(/|$)"
"""A segment that means this folder or the one above."""


def health_port(edge: Edge) -> int:
    """Port on which the proxy answers for itself, whatever its upstream does; it is not part of its Service."""
    return edge.port + 1


def haproxy_configuration(edge: Edge, *, cluster_domain: str = CLUSTER_DOMAIN) -> str:
    """The whole `haproxy.cfg` of an edge, for HAProxy 2.6 and later (ROADMAP.md, Global Anti-Patterns).

    Raises ValueError for a path prefix that no plain path could match.
    """
    return "\n".join(
        (
            *_process(),
            *_circuit(edge),
            *_consumer_side(edge),
            *_upstream_side(edge, cluster_domain),
            *_health(edge),
        )
    )


def _milliseconds(seconds: float) -> str:
    return f"{max(1, round(seconds * 1000))}ms"


def _process() -> tuple[str, ...]:
    return (
        "global",
        "    log stdout format raw daemon info",
        "    # One thread: the rules that count errors read and write one counter.",
        "    nbthread 1",
        f"    maxconn {3 * MAXIMUM_REQUESTS}",
        f"    tune.bufsize {BUFFER_BYTES}",
        "",
    )


def _circuit(edge: Edge) -> tuple[str, ...]:
    timeout = _milliseconds(edge.timeout_seconds)
    return (
        "defaults",
        "    mode http",
        f"    timeout connect {timeout}",
        f"    timeout server {timeout}",
        f"    timeout client {timeout}",
        f"    timeout http-request {timeout}",
        f"    timeout http-keep-alive {_milliseconds(IDLE_SECONDS)}",
        "    # A failed read is the consumer's to repeat: it knows how long it can still wait.",
        "    retries 0",
        "    # A connection of its own for each read: none dies of one that the upstream was about to close, and",
        "    # reads spread over the upstream's pods.",
        "    option http-server-close",
        "    # Who gives up waiting takes the read at the upstream with it.",
        "    option abortonclose",
        "",
        "# Consecutive errors. While the circuit is open no request touches the entry, which so expires; so do errors",
        "# with nothing after them. Each pod counts for itself: what it does not see, it does not judge.",
        "backend circuit",
        f"    stick-table type string len 8 size 1 expire {_milliseconds(edge.breaker_seconds)} store gpc0",
        "",
    )


def _consumer_side(edge: Edge) -> tuple[str, ...]:
    roots = [prefix.rstrip("/") for prefix in edge.path_prefixes]
    for root, prefix in zip(roots, edge.path_prefixes, strict=True):
        if not re.fullmatch(rf"(/{SEGMENT})+", root) or re.search(DOTTED, root):
            raise ValueError(f"edge {edge.name}: `{prefix}` is no plain path prefix")
    below = " ".join(f"'{root}/'" for root in roots)
    themselves = " ".join(f"'{root}'" for root in roots)
    retry = math.ceil(edge.breaker_seconds)
    return (
        "frontend consumer",
        f"    bind :{edge.port}",
        f"    maxconn {MAXIMUM_REQUESTS}",
        "    log global",
        "    option dontlognull",
        "    # Without query and headers, which may hold what a log should not.",
        f'    log-format "edge={edge.name} method=%HM path=%HPO status=%ST milliseconds=%Ta bytes=%B'
        ' ended=%tsc errors=%[var(txn.errors)]"',
        "    acl reads method GET HEAD",
        "    acl origin_form url_beg /",
        f"    acl plain path -m reg '^(/{SEGMENT})+/?$'",
        f"    acl dotted path -m reg '{DOTTED}'",
        f"    acl declared path {themselves}",
        f"    acl declared path_beg {below}",
        "    # Refused instead of rewritten: what is judged here is to the letter what the upstream gets.",
        f"    {_answer(403, 'this edge does not read that path')} if !origin_form or !plain or dotted or !declared",
        f"    {_answer(405, 'an edge only reads')} hdr Allow 'GET, HEAD' unless reads",
        "    # A body, or a connection that becomes another protocol, could carry more than a read.",
        f"    {_answer(400, 'a read has no body and no upgrade')} if"
        " { req.hdr(transfer-encoding) -m found } or { req.hdr_val(content-length) gt 0 }"
        " or { req.hdr(upgrade) -m found }",
        f"    {_answer(503, 'circuit open')} hdr Retry-After {retry}"
        f" if {{ str(upstream),table_gpc0(circuit) ge {edge.breaker_errors} }}",
        "    http-request track-sc0 str(upstream) table circuit",
        "    # On every answer, those that HAProxy gives for an upstream that is silent or gone too; requests that",
        "    # were refused above are not tracked.",
        "    http-after-response set-var(txn.errors) sc0_inc_gpc0(circuit) if { status ge 500 }",
        "    http-after-response set-var(txn.errors) sc0_clr_gpc0(circuit) if { status lt 500 }",
        "    default_backend whole",
        "",
        "backend whole",
        f"    server whole abns@{edge.name}",
        "",
    )


def _upstream_side(edge: Edge, cluster_domain: str) -> tuple[str, ...]:
    timeout = _milliseconds(edge.timeout_seconds)
    host = f"{edge.upstream_workload}.{edge.upstream_namespace}.svc.{cluster_domain}"
    claims = ("Forwarded", "X-Real-IP", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
    return (
        "resolvers cluster",
        "    parse-resolv-conf",
        "",
        "frontend buffering",
        f"    bind abns@{edge.name}",
        "    # Claims of a consumer that the upstream would take for the gateway's, or for another method.",
        *(f"    http-request del-header {name}" for name in claims),
        "    http-request del-header X-Forwarded- -m beg",
        f"    http-response wait-for-body time {timeout}",
        "    http-response set-var(txn.arrived) res.body_len",
        f"    {_answer(502, 'answer too large', 'response')} if {{ res.body_len gt {MAXIMUM_ANSWER_BYTES} }}",
        f"    {_answer(502, 'answer cut short', 'response')}"
        " if { method GET } !{ status 204 304 } { res.body_size,sub(txn.arrived) gt 0 }",
        "    default_backend upstream",
        "",
        "backend upstream",
        "    # Known by its name only: the proxy starts before there is such a Service, and follows one that is new.",
        f"    server upstream {host}:{edge.upstream_port} resolvers cluster init-addr none resolve-prefer ipv4",
        "",
    )


def _health(edge: Edge) -> tuple[str, ...]:
    return (
        "frontend health",
        f"    bind :{health_port(edge)}",
        f"    maxconn {MAXIMUM_REQUESTS}",
        f"    monitor-uri {HEALTH_PATH}",
        f"    {_answer(404, 'nothing else here')}",
        "",
    )


def _answer(status: int, text: str, when: str = "request") -> str:
    return f"http-{when} return status {status} content-type text/plain string '{text}'"
