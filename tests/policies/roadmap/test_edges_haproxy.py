"""What a proxy's configuration promises, and where it no longer does: one change of a sound one a case."""

from __future__ import annotations

import pytest

from policies.roadmap.haproxy import Configuration, read

from .test_reading import SOUND

MORE, FOREVER, NO_BREAKER = (
    "passes more than GET and HEAD",
    "waits without a timeout",
    "has no circuit breaker",
)
DENY = "    http-request deny unless reads\n"
COUNTED = "    http-request return status 503 if { str(upstream),table_gpc0(circuit) ge 5 }\n"
SERVER = "    server upstream monolith-api.shop.svc:8000\n"


def changed(old: str, new: str) -> Configuration:
    assert SOUND.count(old) == 1, old
    return read(SOUND.replace(old, new))


@pytest.mark.parametrize(
    ("refusal", "faults"),
    [
        pytest.param("http-request reject unless reads", [], id="reject refuses, too"),
        pytest.param("http-request return status 405 string 'no, if you write' unless reads", [], id="with a reason"),
        pytest.param("http-request deny if ! reads", [], id="a lone exclamation mark"),
        pytest.param("http-request   deny\tunless  { method   GET  HEAD }", [], id="tabs and several spaces"),
        pytest.param("http-request deny if !{ method GET }", [], id="methods named in the rule"),
        pytest.param("http-request deny unless { method GET POST }", [MORE], id="one of the methods writes"),
        pytest.param("http-request deny if { method GET }", [MORE], id="reads are what is refused"),
        pytest.param("http-request deny unless { method GET } or { path_beg /jobs }", [MORE], id="or a path"),
        pytest.param("http-request deny unless reads or trusted", [MORE], id="or another condition"),
        pytest.param("http-request deny if !reads !trusted", [MORE], id="unless another condition holds"),
        pytest.param("http-request deny unless !reads", [MORE], id="the condition turned round"),
        pytest.param("http-request deny unless unheard_of", [MORE], id="a condition that nothing defines"),
        pytest.param("http-request set-header X-Method other unless reads", [MORE], id="no refusal"),
        pytest.param("# http-request deny unless reads", [MORE], id="a comment"),
        pytest.param("http-request deny # unless reads", [MORE], id="a comment at the end"),
    ],
)  # fmt: skip
def test_what_refuses_other_methods(refusal: str, faults: list[str]) -> None:
    assert changed(DENY, f"    {refusal}\n").faults() == faults


@pytest.mark.parametrize(
    ("definition", "faults"),
    [
        pytest.param("acl reads method GET", [], id="GET alone"),
        pytest.param("acl reads method GET\n    acl reads method HEAD", [], id="in two lines"),
        pytest.param(
            "acl reads method GET\n    acl other method POST", [], id="another one lets more through"
        ),
        pytest.param(
            "acl reads method GET\n    acl reads path_beg /jobs", [MORE], id="or a path, any method"
        ),
        pytest.param("acl reads path GET", [MORE], id="a path called like a method"),
        pytest.param("acl reads method -i get", [MORE], id="a flag is not read"),
    ],
)
def test_what_a_condition_lets_through(definition: str, faults: list[str]) -> None:
    assert changed("acl reads method GET HEAD", definition).faults() == faults


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        pytest.param(DENY, f"    http-request allow if trusted\n{DENY}", [MORE], id="allowed before it is refused"),
        pytest.param(DENY, f"{DENY}    http-request allow\n", [], id="refused before the rest is allowed"),
        pytest.param("    bind :8080\n", "    bind :8080\n    default_backend upstream\n", [],
                     id="where it leads is said before what is refused"),
        pytest.param("    bind :8080\n", "    bind :8080\n    use_backend upstream if trusted\n", [],
                     id="requests are judged before a backend is chosen"),
        pytest.param("mode http", "mode tcp", [MORE], id="requests are not read at all"),
        pytest.param("    mode http\n", "", [MORE], id="nor by default"),
        pytest.param("    bind :8080\n", "    bind :8080\n    mode tcp\n", [MORE], id="nor at this one port"),
        pytest.param("mode http", "mode tcp\n    mode http", [], id="the last line counts"),
        pytest.param("mode http\n", "mode tcp\n    timeout server 2s\ndefaults\n    mode http\n", [],
                     id="the last defaults count"),
        pytest.param("frontend consumer", "defaults late\n    timeout server 2s\nfrontend consumer", [MORE],
                     id="other defaults between"),
        pytest.param("frontend consumer", "frontend consumer from unheard_of", [MORE],
                     id="defaults that are not there"),
        pytest.param("    mode http\n", "    mode http\ndefaults raw\n    mode tcp\n", [MORE],
                     id="named defaults count for whoever names none"),
    ],
)  # fmt: skip
def test_where_a_refusal_stands(old: str, new: str, faults: list[str]) -> None:
    assert changed(old, new).faults() == faults


def test_defaults_are_chosen_by_name() -> None:
    text = SOUND.replace("defaults", "defaults web", 1)
    text = text.replace("frontend consumer", "defaults raw\n    mode tcp\nfrontend consumer from web")
    assert read(text).faults() == [FOREVER]  # the backend goes by the last ones, which say nothing of time
    assert read(text.replace("backend upstream\n ", "backend upstream from web\n ")).faults() == []


@pytest.mark.parametrize(
    ("section", "faults"),
    [
        pytest.param("frontend door\n    bind :9\n    use_backend upstream", [MORE], id="a second port"),
        pytest.param("frontend door\n    bind\t:9\n    use_backend\tupstream", [MORE], id="with tabs"),
        pytest.param("  frontend door\n    bind :9\n    default_backend upstream", [MORE], id="an indented section"),
        pytest.param("frontend\tdoor\n    bind :9\n    default_backend upstream", [MORE], id="a tab before its name"),
        pytest.param("listen door\n    bind :9\n    server a monolith-api.shop.svc:8000", [MORE], id="its own server"),
        pytest.param("listen door\n    bind :9\n    server-template a 3 monolith-api.shop.svc:8000", [MORE],
                     id="several servers by one name"),
        pytest.param("listen door\n    bind :9\n    dispatch monolith-api.shop.svc:8000", [MORE], id="an address"),
        pytest.param("frontend door\n    bind abns@inner,:9\n    default_backend upstream", [MORE],
                     id="a port beside a socket"),
        pytest.param("frontend door\n    bind :9 name unix@x\n    default_backend upstream", [MORE],
                     id="a port called like a socket"),
        pytest.param("frontend door\n    bind /run/door.sock\n    default_backend upstream", [MORE],
                     id="a file that others may mount"),
        pytest.param("frontend inner\n    bind abns@inner\n    default_backend upstream", [], id="abstract socket"),
        pytest.param("frontend inner\n    bind unix@inner\n    default_backend upstream", [], id="Unix socket"),
        pytest.param("frontend inner\n    default_backend upstream", [], id="no way in"),
        pytest.param("frontend health\n    bind :8081\n    monitor-uri /healthz", [], id="no way on"),
        pytest.param("peers mates\n    bind :10000\n    server mate 10.0.0.1:10000", [], id="the proxies' own port"),
    ],
)  # fmt: skip
def test_every_port_that_leads_on(section: str, faults: list[str]) -> None:
    found = changed("\nbackend upstream\n", f"\n{section}\nbackend upstream\n")
    assert found.faults() == faults
    assert found.upstreams == ("monolith-api.shop.svc",)


def test_without_a_port_nothing_is_promised() -> None:
    assert changed("    bind :8080\n", "").faults() == [MORE]


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [
        ("1500", 1.5), ("1500000us", 1.5), ("1500ms", 1.5), ("30s", 30), ("2m", 120), ("1h", 3600), ("1d", 86400),
        ("0", None), ("0s", None), ("2 s", None), ("2.5s", None), ("${WAIT}", None),
    ],
)  # fmt: skip
def test_a_wait_in_seconds(timeout: str, seconds: float | None) -> None:
    assert changed("timeout server 2s", f"timeout server {timeout}").timeout_seconds == seconds


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        pytest.param("server 2s", "server 30s", [], id="the longest that may be"),
        pytest.param("server 2s", "server 30001", ["waits 30.001 s, more than 30"], id="a little more"),
        pytest.param("timeout server 2s", "timeout server-fin 2s", [FOREVER], id="another timeout"),
        pytest.param("timeout server 2s", "timeout server 2s # of an answer", [], id="with a comment"),
        pytest.param("server 2s", "server 60s\nbackend other\n    timeout server 9s", ["waits 60 s, more than 30"],
                     id="another backend's"),
        pytest.param("    timeout server 2s\n", "", [FOREVER], id="none"),
        pytest.param("    bind :8080\n", "    bind :8080\n    timeout server 9m\n", [],
                     id="a frontend waits for nobody"),
        pytest.param(SERVER, f"    timeout server 60s\n{SERVER}", ["waits 60 s, more than 30"], id="the backend's own"),
        pytest.param(SERVER, f"    timeout server 0\n{SERVER}", [FOREVER], id="none for this backend"),
        pytest.param(SERVER, f"{SERVER}backend slow\n    timeout server 3m\n    server a monolith-api.shop.svc:1\n",
                     ["waits 180 s, more than 30"], id="the longest of several"),
        pytest.param(SERVER, f"{SERVER}backend slow\n    timeout server 0\n    server a monolith-api.shop.svc:1\n",
                     [FOREVER], id="one of several waits for ever"),
        pytest.param(SERVER, f"{SERVER}listen slow\n    timeout server 3m\n    server a monolith-api.shop.svc:1\n",
                     ["waits 180 s, more than 30"], id="a listener's"),
        pytest.param(SERVER, f"{SERVER}ring log\n    timeout server 3m\n    server a log.shop.svc:1\n", [],
                     id="a log's"),
        pytest.param(SERVER, f"{SERVER}backend slow\n    timeout server 3m\n", [], id="of no server"),
        pytest.param(SERVER, "", [], id="there is no server at all"),
    ],
)  # fmt: skip
def test_the_longest_wait(old: str, new: str, faults: list[str]) -> None:
    assert changed(old, new).faults() == faults


def test_a_backends_own_wait_replaces_the_default() -> None:
    text = SOUND.replace("server 2s", "server 60s").replace(SERVER, f"    timeout server 3s\n{SERVER}")
    assert read(text).timeout_seconds == 3


@pytest.mark.parametrize(
    ("counted", "server", "faults"),
    [
        pytest.param("http-request deny if { sc_http_err_rate(0) gt 10 }", "", [], id="a rate of errors"),
        pytest.param(
            "http-request deny if { sc0_http_fail_cnt(circuit) ge 3 }", "", [], id="a number of failures"
        ),
        pytest.param("http-request deny if { src_conn_cur(circuit) ge 3 }", "", [NO_BREAKER], id="no errors"),
        pytest.param(
            "http-request set-log-level alert if { sc0_get_gpc0(circuit) ge 3 }",
            "",
            [NO_BREAKER],
            id="it only tells",
        ),
        pytest.param("", "check observe layer7 on-error mark-down", [], id="the server is marked down"),
        pytest.param(
            "", "check observe layer4 on-error mark-down", [NO_BREAKER], id="only connections are observed"
        ),
        pytest.param(
            "", "check observe layer7 on-error fastinter", [NO_BREAKER], id="it is only checked more often"
        ),
    ],
)
def test_a_circuit_breaker(counted: str, server: str, faults: list[str]) -> None:
    text = SOUND.replace(COUNTED, f"    {counted}\n").replace("svc:8000", f"svc:8000 {server}")
    assert read(text).faults() == faults


@pytest.mark.parametrize(
    ("server", "hosts"),
    [
        pytest.param("server a ai-api", ("ai-api",), id="no port"),
        pytest.param("server a ipv4@ai-api:80 check", ("ai-api",), id="a family of addresses"),
        pytest.param("server-template a 1-3 ai-api.shop.svc:80", ("ai-api.shop.svc",), id="by template"),
        pytest.param("dispatch ai-api:80", ("ai-api",), id="dispatched"),
        pytest.param("server a ai-api:80\n    server b ai-api:81", ("ai-api",), id="two ports of one"),
        pytest.param("server b second:80\n    server a first:80", ("second", "first"), id="two in their order"),
        pytest.param('server a "${HOST}":80', ('"${HOST}"',), id="what cannot be read names nobody"),
        pytest.param("server a abns@inner", (), id="a socket inside"),
        pytest.param("server a unix@inner", (), id="a Unix socket inside"),
        pytest.param("default-server check", (), id="no server"),
    ],
)  # fmt: skip
def test_whom_requests_are_passed_on_to(server: str, hosts: tuple[str, ...]) -> None:
    assert changed(SERVER, f"    {server}\n").upstreams == hosts


@pytest.mark.parametrize(
    "text",
    ["", "# nothing", "static_resources:\n  listeners: []\n", "server a ai-api:80\n" + COUNTED + SERVER],
    ids=["empty", "a comment", "another proxy's", "lines of no section"],
)
def test_what_promises_nothing(text: str) -> None:
    assert read(text).faults() == [MORE, FOREVER, NO_BREAKER]
    assert read(text).upstreams == ()
