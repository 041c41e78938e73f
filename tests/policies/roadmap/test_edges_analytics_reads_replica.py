"""Where `analytics-reads-replica` begins and ends: what counts as the reader, as the replica, and as a way round it."""

from __future__ import annotations

from typing import Any

import pytest

from ..stack import UNKNOWN, deployment, from_config, from_secret, kube, secret, value
from .small import Objects, move, told

RULE = "analytics-reads-replica"
RETIRED = {"phase": "service", "old_path": "retired"}


def cluster(name: str = "main", *roles: Any, owner: str = "monolith", **spec: Any) -> Any:
    return kube("Cluster", name, owner=owner, spec={"managed": {"roles": list(roles)}, **spec})


def url(host: str, user: str = "analytics_reader") -> str:
    return f"postgresql://{user}:pw@{host}:5432/app"


def reader(*env: Any, name: str = "api", owner: str = "monolith", **rest: Any) -> Any:
    return deployment(name, owner=owner, env=env, **rest)


def wrong(where: str, variable: str = "URL", workload: str = "api") -> str:
    return (
        f"Deployment {workload}: Deployment {workload} reads {where} as analytics_reader ({variable}); "
        "`-ro` is where analytics reads"
    )


PRIMARY, UNSEEN = "the primary", "an address that is not known yet"
PASSWORD = from_secret("PW", "main-analytics-reader", "password")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param(url("main-ro"), None, id="the replica"),
        pytest.param(url("main-ro.db.svc.cluster.local"), None, id="the replica by its long name"),
        pytest.param(url("main-rw"), PRIMARY, id="the primary"),
        pytest.param(url("main-rw.db.svc"), PRIMARY, id="the primary by its long name"),
        pytest.param(url("main-r"), PRIMARY, id="any instance, the primary among them"),
        pytest.param(url("main"), PRIMARY, id="the server's own name"),
        pytest.param(url("main-rollup"), PRIMARY, id="a name that begins like the replica's"),
        pytest.param(url("main-ro,main-rw"), PRIMARY, id="the primary behind the replica"),
        pytest.param(url("maintenance-rw"), None, id="a server that is called alike"),
        pytest.param(url("elsewhere") + "?application_name=main", None, id="the server's name, but not as a host"),
        pytest.param(url("elsewhere").replace("/app", "/main"), None, id="a database that is called so"),
        pytest.param(url("main-rw", user="monolith"), None, id="somebody else on the primary"),
        pytest.param(url("main-rw", user="analytics_readers"), None, id="a user whose name only begins so"),
        pytest.param("postgresql://analytics_reader@main-rw/app", PRIMARY, id="without a password"),
        pytest.param("postgresql://analytics_reader:a/b@main-rw/app", PRIMARY, id="a password with a slash"),
        pytest.param("jdbc:postgresql://main-rw:5432/app?user=analytics_reader", PRIMARY, id="JDBC, the primary"),
        pytest.param("jdbc:postgresql://main-ro:5432/app?user=analytics_reader&ssl=on", None, id="JDBC, the replica"),
        pytest.param("host=main-rw user=analytics_reader", PRIMARY, id="keywords, the primary"),
        pytest.param("user='analytics_reader' host='main-ro'", None, id="keywords, the replica"),
        pytest.param("Host=main-rw;Username=analytics_reader", PRIMARY, id="keywords with semicolons"),
        pytest.param("host=main-rw current_user=analytics_reader", None, id="a word that ends like the keyword"),
        pytest.param("host=main-rw user=analytics_reader2", None, id="a longer user name"),
        pytest.param(
            f"{url('main-rw', user='monolith')} {url('main-ro')}", None, id="beside somebody else on the primary"
        ),
        pytest.param(f"{url('main-ro')} {url('main-rw')}", PRIMARY, id="both ends in one text"),
        pytest.param(
            "host=main-rw user=monolith\nhost=main-ro user=analytics_reader", None, id="each line for itself"
        ),
        pytest.param(url("$(DB_HOST)"), UNSEEN, id="a host that nothing fills in"),
        pytest.param(url("main-ro").replace("pw", "$(PW)"), None, id="a password that nothing fills in"),
        pytest.param(f"{url('$(DB_HOST)')} {url('main-rw')}", PRIMARY, id="an unseen host beside the primary"),
    ],
)  # fmt: skip
def test_an_address_is_one_of_the_replica(text: str, where: str | None) -> None:
    told_once = sorted({wrong(end) for end in (where,) if end is not None})
    found = told(RULE, [move(), cluster(), reader(value("URL", text))])
    assert found[-1:] == told_once
    assert set(found) <= {*told_once, wrong(UNSEEN)}


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        pytest.param([value("PGUSER", "analytics_reader"), value("PGHOST", "main-rw")],
                     [wrong(PRIMARY, "PGHOST")], id="the primary"),
        pytest.param([value("PGUSER", "analytics_reader"), value("PGHOST", "main-ro.db:5432")], [], id="the replica"),
        pytest.param([value("PGUSER", "monolith"), value("PGHOST", "main-rw")], [], id="somebody else"),
        pytest.param([value("A_DB_USERNAME", "analytics_reader"), value("A_DB_URL", "jdbc:postgresql://main-rw/app"),
                      value("DB_URL", "jdbc:postgresql://main-rw/app"), value("A_DB_NAME", "main")],
                     [wrong(PRIMARY, "A_DB_URL")], id="only what has the same beginning, and is an address"),
        pytest.param([value("db_login", "analytics_reader"), value("DB_HOSTNAME", "main-rw")],
                     [wrong(PRIMARY, "DB_HOSTNAME")], id="in another case"),
        pytest.param([value("ROLE", "analytics_reader"), value("HOST", "main-rw")], [], id="no user's name"),
        pytest.param([value("DB_USER", "analytics_reader"), value("DB_HOST", UNKNOWN)],
                     [wrong(UNSEEN, "DB_HOST")], id="not known yet"),
        pytest.param([value("DB_USER", "analytics_reader"), from_secret("DB_HOST", "elsewhere", "host")],
                     [wrong(UNSEEN, "DB_HOST")], id="in a Secret that nobody declares"),
    ],
)  # fmt: skip
def test_the_address_may_stand_beside_the_user(env: Objects, expected: list[str]) -> None:
    assert told(RULE, [move(), cluster(), reader(*env)]) == expected


def pooler(before: str = "main", **spec: Any) -> Any:
    return kube("Pooler", "pool", owner="monolith", spec={"cluster": {"name": before}, **spec})


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([pooler(type="rw")], [wrong(PRIMARY)], id="of the primary"),
        pytest.param([pooler()], [wrong(PRIMARY)], id="that does not say of what"),
        pytest.param([pooler(type=UNKNOWN)], [wrong(PRIMARY)], id="that will say of what"),
        pytest.param([pooler(type="ro")], [], id="of replicas"),
        pytest.param([pooler("other", type="rw"), cluster("other", owner="ai")], [], id="of somebody else's database"),
    ],
)  # fmt: skip
def test_a_pooler_stands_before_the_database(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [move(), cluster(), *objects, reader(value("URL", url("pool")))]) == expected


def password(name: str = "main-analytics-reader", **data: Any) -> Any:
    return kube("Secret", name, owner="monolith", stringData={"password": secret("pw"), **data})


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([reader(value("ANALYTICS_DATABASE_URL", UNKNOWN), PASSWORD), password()],
                     [wrong(UNSEEN, "ANALYTICS_DATABASE_URL")], id="with the reader's password"),
        pytest.param([reader(value("analytics_dsn", UNKNOWN), PASSWORD)],
                     [wrong(UNSEEN, "analytics_dsn")], id="with its password from outside"),
        pytest.param([reader(value("ANALYTICS_HOST", UNKNOWN), from_secret("PW", "a", "password")),
                      password("a", username="analytics_reader")],
                     [wrong(UNSEEN, "ANALYTICS_HOST")], id="with a password that the Secret calls the reader's"),
        pytest.param([reader(value("ANALYTICS_HOST", UNKNOWN), from_secret("PW", "a", "password")),
                      password("a", username="monolith")], [], id="with somebody else's password"),
        pytest.param([reader(value("ANALYTICS_HOST", UNKNOWN))], [], id="with no password at all"),
        pytest.param([reader(value("ANALYTICS_HOST", UNKNOWN), from_config("PW", "analytics-reader", "k"))], [],
                     id="beside a ConfigMap that is called so"),
        pytest.param([reader(value("DATABASE_URL", UNKNOWN), PASSWORD)], [], id="under a name that says nothing"),
        pytest.param([reader(value("ANALYTICS_REGION", UNKNOWN), PASSWORD)], [], id="no address"),
        pytest.param([reader(value("OLD_ANALYTICS_URL_SUFFIX", UNKNOWN), PASSWORD)], [], id="only part of a name"),
        pytest.param([deployment("api", owner="monolith", pod={"containers": [
            {"name": "a", "image": "app:1", "env": [value("ANALYTICS_URL", UNKNOWN)]},
            {"name": "b", "image": "app:1", "env": [PASSWORD]}]})], [], id="the password is another container's"),
    ],
)  # fmt: skip
def test_an_address_is_not_known_yet(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [move(), cluster(), *objects]) == expected


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([reader(value("URL", url("main-rw"))), cluster("other", owner="ai")], [], id="no main database"),
        pytest.param([reader(value("URL", url("second-rw"))), cluster(), cluster("second")],
                     [wrong(PRIMARY)], id="the second of two databases"),
        pytest.param([cluster(), reader(value("URL", url("main-ro"))),
                      reader(value("URL", url("main-rw")), name="dashboard", owner="analytics")],
                     [wrong(PRIMARY, workload="dashboard")], id="another workload, of whomever"),
        pytest.param([cluster(), reader(value("A", url("main-ro")), value("B", url("main-rw")))],
                     [wrong(PRIMARY, "B")], id="the second of two variables"),
        pytest.param([cluster(), reader(container={"args": ["psql", url("main-rw")]})],
                     [wrong(PRIMARY, "an argument")], id="an argument"),
        pytest.param([cluster(), kube("ConfigMap", "c", owner="monolith", data={"app.env": f"URL={url('main-rw')}\n"}),
                      reader(pod={"volumes": [{"name": "c", "configMap": {"name": "c"}}]})],
                     [wrong(PRIMARY), wrong(PRIMARY, "app.env")], id="a file, by its setting and as a whole"),
    ],
)  # fmt: skip
def test_whoever_reads(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [move(), *objects]) == expected


def policy(selects: dict[str, str], *peers: Any, name: str = "out", **spec: Any) -> Any:
    return kube("NetworkPolicy", name, owner="monolith",
                spec={"podSelector": {"matchLabels": selects}, "egress": [{"to": list(peers)}], **spec})  # fmt: skip


def instances(name: str = "main", **labels: Any) -> Any:
    return {"podSelector": {"matchLabels": {"cnpg.io/cluster": name, **labels}}}


REPLICA = {"cnpg.io/instanceRole": "replica"}
READS = reader(value("URL", url("main-ro")))
OPEN = (
    "NetworkPolicy {policy}: api → NetworkPolicy {policy} → primary of Cluster main: analytics_reader is replicated "
    "with everything else, so only the network keeps it off the primary"
)
OUT, IN = OPEN.format(policy="out"), OPEN.format(policy="in")
INGRESS = {"egress": [], "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "api"}}}]}]}
OTHER_LOGIN = reader(value("URL", url("main-ro")), value("DATABASE_URL", url("main-rw", user="monolith")))


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([READS, policy({"app": "api"}, instances(**REPLICA))], [], id="to replicas"),
        pytest.param([READS, policy({"app": "api"}, instances())], [OUT], id="to all instances"),
        pytest.param([READS, policy({"app": "api"}, instances(**{"cnpg.io/instanceRole": "primary"}))],
                     [OUT], id="to the primary"),
        pytest.param([READS, policy({"app": "api"}, {"podSelector": {}})], [OUT], id="to the whole namespace"),
        pytest.param([READS, policy({"app": "api"}, instances(**REPLICA), instances())],
                     [OUT], id="to replicas, and to all instances"),
        pytest.param([READS, cluster("other"), policy({"app": "api"}, instances(**REPLICA), instances("other"))],
                     [OUT.replace("Cluster main", "Cluster other")], id="to replicas, and to another main database"),
        pytest.param([READS, cluster("other", owner="ai"),
                      policy({"app": "api"}, instances(**REPLICA), instances("other"))],
                     [], id="to replicas, and to somebody else's database"),
        pytest.param([READS, policy({"cnpg.io/cluster": "main"}, name="in", **INGRESS)],
                     [IN], id="from the workload, to all instances"),
        pytest.param([READS, policy({"cnpg.io/cluster": "main", **REPLICA}, name="in", **INGRESS)],
                     [], id="from the workload, to replicas"),
        pytest.param([READS, deployment("web", owner="monolith"), policy({"app": "web"}, instances()),
                      policy({"app": "api"}, instances(), name="in")],
                     [IN], id="another workload's policy before its own"),
        pytest.param([reader(value("ANALYTICS_URL", UNKNOWN), PASSWORD), policy({"app": "api"}, instances())],
                     [wrong(UNSEEN, "ANALYTICS_URL"), OUT], id="by an address that is not known yet"),
        pytest.param([OTHER_LOGIN, policy({"app": "api"}, instances())], [], id="it has another login there"),
        pytest.param([reader(value("URL", url("main-ro")), value("PGUSER", "monolith"), value("PGHOST", "main-rw"),
                             value("PGDATABASE", "shop")), policy({"app": "api"}, instances())],
                     [], id="it has another login there, in settings of their own"),
        pytest.param([READS, reader(value("URL", url("main-rw", user="monolith")), name="web"),
                      policy({"app": "api"}, instances())], [OUT], id="another workload has another login there"),
        pytest.param([reader(value("URL", url("main-ro")), value("OTHER", url("other-rw", user="monolith"))),
                      cluster("other", owner="ai"), policy({"app": "api"}, instances())],
                     [OUT], id="it has another login elsewhere"),
        pytest.param([reader(value("URL", url("main-ro")), value("OTHER", url("elsewhere", user="main"))),
                      policy({"app": "api"}, instances())], [OUT], id="it has another login elsewhere, called so"),
        pytest.param([reader(value("URL", url("main-ro")), value("DATABASE", "postgresql://main-rw/app")),
                      policy({"app": "api"}, instances())], [OUT], id="it has no other login that is known"),
        pytest.param([reader(value("URL", url("main-rw", user="monolith"))), policy({"app": "api"}, instances())],
                     [], id="it never reads as the reader"),
    ],
)  # fmt: skip
def test_the_network_lets_the_reader_reach(objects: Objects, expected: list[str]) -> None:
    assert sorted(told(RULE, [move(), cluster(), *objects])) == sorted(expected)


LEFT = "Cluster main: Cluster main still has role {}, and analytics has a store of its own"
UNSEEN_ROLE = "Cluster main: Cluster main has a role that is not known yet, and none of analytics may be left"


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        pytest.param([{"name": "analytics_reader"}], [LEFT.format("analytics_reader")], id="left"),
        pytest.param([{"name": "analytics_refresh", "ensure": "present", "login": True}],
                     [LEFT.format("analytics_refresh")], id="another one of analytics, with everything said"),
        pytest.param([{"name": "analytics"}], [LEFT.format("analytics")], id="its own name"),
        pytest.param([{"name": "monolith"}, {"name": "analyticsx"}], [], id="no role of analytics"),
        pytest.param([{"name": "analytics_reader", "ensure": "absent"}, {"name": "analytics_refresh"}],
                     [LEFT.format("analytics_refresh")], id="one is dropped, the next is not"),
        pytest.param([{"name": "analytics_reader", "login": False}], [], id="it may not log in"),
        pytest.param([{"name": "analytics_reader", "login": UNKNOWN}],
                     [LEFT.format("analytics_reader")], id="whether it may log in is not known yet"),
        pytest.param([{"name": UNKNOWN}], [UNSEEN_ROLE], id="its name is not known yet"),
        pytest.param([{"name": UNKNOWN, "ensure": "absent"}], [], id="whatever its name, it is dropped"),
    ],
)  # fmt: skip
def test_a_role_is_left_behind(roles: Objects, expected: list[str]) -> None:
    assert told(RULE, [move(analytics=RETIRED), cluster("main", *roles)]) == expected


def test_roles_that_are_not_known_yet_may_be_left_behind() -> None:
    main = cluster(managed=UNKNOWN)
    assert told(RULE, [move(analytics=RETIRED), main]) == [UNSEEN_ROLE]


@pytest.mark.parametrize(
    ("placement", "left"),
    [
        pytest.param({"phase": "materialized-views"}, False, id="before the service"),
        pytest.param({"phase": "service", "old_path": "kept"}, False, id="while the old path is kept"),
        pytest.param(RETIRED, True, id="once it is retired"),
    ],
)
def test_a_role_may_stay_as_long_as_the_old_path(placement: dict[str, Any], left: bool) -> None:
    assert (
        bool(told(RULE, [move(analytics=placement), cluster("main", {"name": "analytics_reader"})])) is left
    )
