"""When uses of one server are one store, when they only meet on it, and who is then blamed, to the last condition."""

from __future__ import annotations

from typing import Any

import pytest

from policies.isolation.exemptions import read_exemptions
from policies.isolation.findings import Finding, broken
from policies.isolation.rules import RULES
from policies.isolation.rules.shared_cache import RULE

from .stack import UNKNOWN, deployment, from_secret, kube, resource, secret, service, value
from .test_rule_edges import Stack, found, function, judged


def mysql(owner: str | None = None, database: str | None = None) -> Stack:
    env = [value("MYSQL_DATABASE", database)] if database else []
    server = deployment("db", kind="StatefulSet", image="mysql:8", ports=[3306], owner=owner, env=env)
    return [server, service("db", "db", 3306)]


def client(name: str, database: Any = None, owner: str | None = None, **rest: Any) -> Any:
    """A workload on the server `db`, on a database that it names, or not."""
    env = [value("DB_HOST", "db"), *([value("DB_NAME", database)] if database is not None else [])]
    return deployment(name, owner=owner, env=env, **rest)


def hidden(name: str) -> Any:
    """A workload on the server `db`, on a database whose name stands in a key of a Secret that is not in the input."""
    return deployment(name, env=[value("DB_HOST", "db"), from_secret("DB_NAME", "names", name)])


MET = "advisory: StatefulSet db, used by"
ONE = "mandatory: StatefulSet db"


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([client("a", "shop"), client("b", "shop")], [f"{ONE}/shop, used by a and b"], id="one database"),
        pytest.param([client("a", "one"), client("b", "two")], [f"{MET} a and b"], id="two databases"),
        pytest.param(
            [client("a", "one"), client("b", "one"), client("c", "two")],
            [f"{ONE}/one, used by a and b", f"{MET} a and b and c"], id="one of two of three, and a server of all",
        ),
        pytest.param([client("a"), client("b")], [f"{ONE}, used by a and b"], id="no database named"),
        pytest.param([client("a", UNKNOWN), client("b", "shop")], [f"{ONE}, used by a and b"], id="one not known yet"),
        pytest.param([client("a"), client("b", "shop")], [f"{MET} a and b"], id="one named, inferred"),
        pytest.param([client("a", owner="a"), client("b", "shop", "b")], [f"{ONE}, used by a and b"],
                     id="one named, stated"),
        pytest.param([client("a", owner="a"), client("b", "shop")], [f"{MET} a and b"], id="one named, one stated"),
        pytest.param(
            [client("a", "shop"), client("b", "shop"), client("c")],
            [f"{ONE}/shop, used by a and b", f"{MET} c and a and b"], id="one shared, one unnamed",
        ),
        pytest.param(
            [client("a", "shop"), client("b", "shop"), client("c"), client("d")],
            [f"{ONE}/shop, used by a and b", f"{ONE}, used by c and d"], id="two shared, one of them unnamed",
        ),
        pytest.param(
            [client("a", "one", "a"), client("b", "one", "b"), client("a2", "two", "a")],
            [f"{ONE}/one, used by a and b"], id="one shared by all, and one of one's own",
        ),
        pytest.param(
            [client("a", owner="a"), client("a2", "shop", "a"), client("b", "other")], [f"{MET} a and a2 and b"],
            id="an owner's own two",
        ),
        pytest.param([client("a", "shop"), client("b", "shop", kind="Job")], [], id="a migration"),
        pytest.param([client("a", "shop", "a"), client("b", "shop", "b", kind="Job")], [f"{ONE}/shop, used by a and b"],
                     id="a migration of a stated owner"),
        pytest.param([client("a", "shop"), client("b", "shop", image="mysql:8", kind="CronJob")], [], id="a dump"),
        pytest.param([client("a", "shop"), client("b", "shop", kind="CronJob")], [f"{ONE}/shop, used by a and b"],
                     id="a job of every night"),
        pytest.param([client("a", "shop"), client("b", "shop", image="x/mysqld-exporter:1")], [], id="an exporter"),
        pytest.param([hidden("a"), hidden("b")], [f"{MET} a and b"], id="two names that are not shown"),
        pytest.param([client("a", "shop")], [], id="one client"),
    ],
)  # fmt: skip
def test_on_nobodys_server(stack: Stack, expected: list[str]) -> None:
    assert found("shared-database", [*mysql(), *stack]) == expected


@pytest.mark.parametrize(
    ("database", "stack", "expected"),
    [
        pytest.param(None, [client("a", owner="keeper"), client("b", owner="b")], [f"{ONE}, used by b"], id="unnamed"),
        pytest.param(None, [client("b", "shop", "b")], [f"{ONE}/shop, used by b"], id="no client of its own"),
        pytest.param(None, [client("b", "shop")], [f"{ONE}/shop, used by b"], id="an inferred client"),
        pytest.param("main", [client("b", "main", "b")], [f"{ONE}/main, used by b"], id="its own database"),
        pytest.param("main", [client("b", "shop", "b")], [f"{MET} b"], id="a database of the client's alone"),
        pytest.param(
            "main", [client("b", "shop", "b"), client("a", "shop", "keeper")], [f"{ONE}/shop, used by b"],
            id="a database that the server's owner uses, too",
        ),
        pytest.param(
            "main",
            [kube("ConfigMap", "b", owner="keeper", data={"URL": "mysql://db/shop"}),
             deployment("b", owner="b", env_from=[{"configMapRef": {"name": "b"}}])],
            [f"{ONE}/shop, used by b"], id="a database that the server's owner handed out",
        ),
        pytest.param("main", [client("a", owner="keeper"), client("b", "shop")], [f"{MET} b"],
                     id="the owner's without a name, and an inferred client's of its own"),
        pytest.param("main", [client("a", "main", "keeper"), client("a2", "shop", "keeper")], [], id="its owner alone"),
        pytest.param("main", [client("a", "main", "keeper"), client("b", "shop", "b")], [f"{MET} b"], id="one each"),
        pytest.param(None, [client("b", "shop", "b"), client("b2", "other", "b")],
                     [f"{ONE}/shop, used by b", f"{ONE}/other, used by b2"], id="two databases of another's server"),
        pytest.param(None, [hidden("a"), hidden("b")], [f"{ONE}, used by a and b"], id="two names that are not shown"),
    ],
)  # fmt: skip
def test_on_a_stated_owners_server(database: str | None, stack: Stack, expected: list[str]) -> None:
    assert found("shared-database", [*mysql("keeper", database), *stack]) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("SHOP", "shop"), [f"{ONE}/shop, used by b"]),
        (("shop", "SHOP"), [f"{ONE}/SHOP, used by b"]),
        (("SHOP", "other"), [f"{MET} b"]),
    ],
)
def test_the_owners_own_database_on_a_server_that_minds_no_case(
    names: tuple[str, str], expected: list[str]
) -> None:
    own, asked = names
    server = deployment(
        "db", kind="StatefulSet", image="gvenzl/oracle-free:23", ports=[1521], owner="keeper",
        env=[value("ORACLE_DATABASE", own)],
    )  # fmt: skip
    assert found("shared-database", [server, service("db", "db", 1521), client("b", asked, "b")]) == expected


@pytest.mark.parametrize(
    ("grade", "expected"),
    [
        ("database", [f"{MET} a and b"]),
        ("instance", [f"{ONE}, used by a and b"]),
        ("account", [f"{ONE}, used by a and b"]),
    ],
)
def test_grades(grade: str, expected: list[str]) -> None:
    stack = [*mysql(), client("a", "one"), client("b", "two")]
    assert found("shared-database", stack, config={"grade": grade}) == expected


def test_grade_instance_blames_whom_the_server_does_not_belong_to() -> None:
    stack = [*mysql("keeper"), client("a", "one", "keeper"), client("b", "two", "b")]
    assert found("shared-database", stack, config={"grade": "instance"}) == [f"{ONE}, used by b"]


def postgres(*urls: str, owners: bool = False) -> Stack:
    """Workloads `w0`, `w1`, … with these addresses of one PostgreSQL."""
    return [
        deployment("db", kind="StatefulSet", image="postgres:16", ports=[5432]),
        service("db", "db", 5432),
        *(
            deployment(f"w{at}", owner=f"o{at}" if owners else None, env=[value("URL", url)])
            for at, url in enumerate(urls)
        ),
    ]


@pytest.mark.parametrize(
    ("urls", "owners", "expected"),
    [
        (("postgres://x:p@db", "postgres://x:p@db"), False, [f"{ONE}, used by w0 and w1"]),
        (("postgres://x:p@db", "postgres://y:p@db"), False, [f"{MET} w0 and w1"]),
        (("postgres://x:p@db", "postgres://y:p@db"), True, [f"{ONE}, used by w0 and w1"]),
        (("postgres://x:p@db", "postgres://y:p@db/x"), False, [f"{ONE}/x, used by w0 and w1"]),
    ],
    ids=["one user", "two users", "two users of stated owners", "a database called as a user"],
)
def test_a_database_is_called_as_its_user_where_none_is_named(
    urls: tuple[str, ...], owners: bool, expected: list[str]
) -> None:
    assert found("shared-database", postgres(*urls, owners=owners)) == expected


@pytest.mark.parametrize(
    ("schemas", "grade", "expected"),
    [
        (("a", "a"), "schema", [f"{ONE}/s, used by w0 and w1"]),
        (("a", "b"), "schema", [f"{MET} w0 and w1"]),
        (("a", "b"), "database", [f"{ONE}/s, used by w0 and w1"]),
    ],
)
def test_schemas(schemas: tuple[str, str], grade: str, expected: list[str]) -> None:
    stack = postgres(*(f"jdbc:postgresql://db/s?currentSchema={schema}" for schema in schemas))
    assert found("shared-database", stack, config={"grade": grade}) == expected


@pytest.mark.parametrize(
    ("image", "names", "expected"),
    [
        ("postgres:16", ("Shop", "shop"), [f"{MET} w0 and w1"]),
        ("mcr.microsoft.com/mssql/server:2022", ("Shop", "shop"), [f"{ONE}/Shop, used by w0 and w1"]),
        (None, ("Shop", "shop"), []),
        (None, ("shop", "shop"), ["mandatory: external db.example.com/shop, used by w0 and w1"]),
    ],
    ids=["a server that minds case", "a server that minds none", "nobody knows what server", "and one name"],
)
def test_names_that_differ_in_case(image: str | None, names: tuple[str, str], expected: list[str]) -> None:
    host = "db" if image else "db.example.com"
    stack = [
        deployment(f"w{at}", env=[value("DB_HOST", host), value("DB_NAME", name)])
        for at, name in enumerate(names)
    ]
    if image:
        stack += [deployment("db", kind="StatefulSet", image=image, ports=[1433]), service("db", "db", 1433)]
    assert [item for item in found("shared-database", stack) if image or "mandatory" in item] == expected


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        (("redis://redis", "redis://redis/0"), ["mandatory: StatefulSet redis/0, used by w0 and w1"]),
        (("redis://redis", "redis://redis/1"), ["advisory: StatefulSet redis, used by w0 and w1"]),
        (("redis://redis", "redis://redis"), ["mandatory: StatefulSet redis/0, used by w0 and w1"]),
    ],
)
def test_a_cache_has_a_first_keyspace(urls: tuple[str, str], expected: list[str]) -> None:
    server = deployment("redis", kind="StatefulSet", image="redis:7", ports=[6379])
    users = [deployment(f"w{at}", env=[value("CACHE_URL", url)]) for at, url in enumerate(urls)]
    assert found("shared-cache", [server, service("redis", "redis", 6379), *users]) == expected


@pytest.mark.parametrize(
    ("sure", "expected"),
    [
        (("c",), ["advisory: StatefulSet one/one, used by a and b and c"]),
        (("c", "d"), ["mandatory: StatefulSet one/one, used by c and d"]),
    ],
    ids=["one of them surely", "two of them surely"],
)
def test_a_database_of_a_list_that_several_are_handed(sure: tuple[str, ...], expected: list[str]) -> None:
    """Who is handed a list of stores may or may not use each; whoever is given one address does."""
    names = ("one", "two", "three")
    servers = [
        item
        for name in names
        for item in (
            deployment(name, kind="StatefulSet", image="mongo:7", ports=[27017]), service(name, name, 27017),
        )
    ]  # fmt: skip
    urls = kube(
        "ConfigMap", "urls", data={f"{name.upper()}_URL": f"mongodb://{name}/{name}" for name in names}
    )
    handed = [deployment(name, env_from=[{"configMapRef": {"name": "urls"}}]) for name in "ab"]
    users = [deployment(name, env=[value("URL", "mongodb://one/one")]) for name in sure]
    said = found("shared-database", [*servers, urls, *handed, *users])
    assert [item for item in said if "StatefulSet one/" in item] == expected


def test_a_server_has_a_database_for_whoever_names_none() -> None:
    image = "mcr.microsoft.com/mssql/server:2022"
    server = deployment("db", kind="StatefulSet", image=image, ports=[1433])
    stack = [server, service("db", "db", 1433), client("a"), client("b", "master"), client("c", "other")]
    assert f"{ONE}/master, used by a and b" in found("shared-database", stack)


def test_whose_server_it_is_is_told_where_owners_only_meet() -> None:
    [finding] = judged("shared-database", [*mysql("keeper", "main"), client("b", "shop", "b")])
    assert finding.owners == ("b", "keeper")


# what a message calls things, and whom it blames


def bucket(name: str) -> Any:
    return deployment(
        name, owner=name, env=[value("S3_ENDPOINT", "http://minio:9000"), value("S3_BUCKET", "pics")]
    )


@pytest.mark.parametrize(
    ("rule", "stack", "sentence"),
    [
        (
            "shared-filesystem",
            [deployment("minio", kind="StatefulSet", image="minio/minio:1", ports=[9000]),
             service("minio", "minio", 9000), bucket("a"), bucket("b")],
            "StatefulSet minio, bucket pics;",
        ),
        (
            "shared-broker-credential",
            [deployment("mq", kind="StatefulSet", image="rabbitmq:4", ports=[5672]), service("mq", "mq", 5672),
             *(deployment(n, owner=n, env=[value("AMQP", "amqp://x:p@mq:5672/jobs")]) for n in "ab")],
            "StatefulSet mq, virtual host jobs;",
        ),
        ("shared-database", [*mysql("keeper"), client("b", "shop", "b")],
         "b (owner b) → env DB_HOST → StatefulSet db (owner keeper), database shop:"),
        ("shared-database", [*mysql(), client("a", "one"), client("b", "two")],
         ": different databases on one server, which fails and is upgraded for all of them at once"),
        ("shared-database", [*mysql(), client("a"), client("b", "two")],
         ": nothing tells their databases on this server apart; name them, or give each owner its own server"),
    ],
    ids=["a bucket", "a virtual host", "a database", "apart", "perhaps apart"],
)  # fmt: skip
def test_a_message_says(rule: str, stack: Stack, sentence: str) -> None:
    [finding] = judged(rule, stack)
    assert sentence in finding.message


def test_a_rule_that_breaks_down_is_told_of_by_its_place_and_never_by_its_words() -> None:
    try:
        {}[secret("x")["value"]]
    except KeyError as error:
        told = broken(RULE, error)
    line = told.message.rpartition(":")[2].partition(")")[0]
    assert line.isdigit()
    sentence = "rule shared-cache broke down (KeyError at {}), which counts as a violation"
    expected = Finding(
        rule="shared-cache", level="mandatory", store_kind="", store_name="", store_namespace=None, logical=None,
        users=(), owners=(), paths=(), message=sentence.format(f"test_sharing_edges.py:{line}"),
    )  # fmt: skip
    assert told == expected
    assert broken(RULE, KeyError("x")).message == sentence.format("unknown place")


# foreign-literal


@pytest.mark.parametrize(
    ("host", "settings", "expected"),
    [
        ("db.shop.svc.cluster.local", {"host_owners": {"DB.shop.SVC": "ai"}}, "mandatory"),
        ("db.shop.svc.cluster.local", {"host_owners": {"DB.Shop.svc.CLUSTER.local": "ai"}}, "mandatory"),
        ("db.shop.svc.cluster.local", {"host_owners": {"db.*.svc": "orders"}}, ""),
        ("db.shop.svc.cluster.local", {"namespace_owners": {"shop": "ai"}}, "mandatory"),
        ("db.shop.svc.cluster.local", {"namespace_owners": {"other": "ai"}}, "advisory"),
        ("db.example.com", {"host_owners": {"other.example.com": "ai", "DB.example.com": "ai"}}, "mandatory"),
        ("db.shop.com", {"namespace_owners": {"shop": "ai"}}, "advisory"),
        ("shop.com", {}, "advisory"),
    ],
)
def test_whose_a_host_outside_is(host: str, settings: dict[str, Any], expected: str) -> None:
    reader = deployment("orders", owner="orders", env=[value("DB", f"postgres://u@{host}/shop")])
    logical = "/shop" if expected == "mandatory" else ""
    said = [f"{expected}: external {host}{logical}, used by orders"] if expected else []
    assert found("foreign-literal", [reader], **settings) == said


@pytest.mark.parametrize(
    ("stack", "settings", "expected"),
    [
        ([deployment("a", env=[value("DB", "postgres://u@db.example.com/x")])], {}, []),
        ([deployment("a", owner="a", env=[value("AMQP", "amqp://u@mq.example.com/x")])], {}, []),
        ([deployment("a", owner="a", env=[value("AMQP", "amqp://u@mq.example.com/x")])],
         {"host_owners": {"*": "b"}}, []),
        ([*mysql("b"), client("a", "shop", "a")], {"host_owners": {"*": "b"}}, []),
        (
            [deployment("a", owner="a", env=[value("AMQP", "amqp://u@mq.example.com"),
                                             value("DB", "postgres://u@db.example.com/x")])],
            {}, ["advisory: external db.example.com, used by a"],
        ),
    ],
    ids=["of nobody", "a broker", "a broker of another", "declared here", "a database after a broker"],
)  # fmt: skip
def test_what_is_no_foreign_literal(stack: Stack, settings: dict[str, Any], expected: list[str]) -> None:
    assert found("foreign-literal", stack, **settings) == expected


@pytest.mark.parametrize(
    ("owner", "expected"),
    [("orders", ["advisory: external main, used by orders"]), (None, [])],
    ids=["of an owner", "of nobody"],
)
def test_a_store_that_was_looked_up_is_a_foreign_literal(owner: str | None, expected: list[str]) -> None:
    """`aws.rds.Instance.get()`: the engine shows the database to no policy."""
    database = resource("aws:rds/instance:Instance", "main")
    assert found("foreign-literal", [function("orders", database, owner=owner)]) == expected


# unprotected-store


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ([deployment("pg", kind="StatefulSet", image="postgres:16")], []),
        (
            [kube("StatefulSet", "pg", labels={"app": "pg"}, spec={
                "selector": {"matchLabels": {"app": "pg"}}, "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
                "template": {"metadata": {"labels": {"app": "pg"}}, "spec": {"containers": [
                    {"name": "pg", "image": "postgres:16", "volumeMounts": [{"name": "data", "mountPath": "/d"}]}]}}})],
            ["advisory: StatefulSet pg"],
        ),
        ([deployment("pg", kind="Deployment", image="postgres:16"), kube("Cluster", "c", spec={})],
         ["advisory: Cluster c"]),
        ([kube("Cluster", "a", spec={}, protect=True), kube("Cluster", "b", spec={})], ["advisory: Cluster b"]),
    ],
    ids=["it keeps no data", "its data lies in its claims", "after one that keeps none", "after a protected one"],
)  # fmt: skip
def test_unprotected_store(stack: Stack, expected: list[str]) -> None:
    assert found("unprotected-store", stack) == expected


def test_a_foreign_literal_whose_database_is_not_known_yet() -> None:
    env = [value("DB_HOST", "db.example.com"), value("DB_NAME", UNKNOWN)]
    said = found("foreign-literal", [deployment("a", owner="a", env=env)], host_owners={"*": "b"})
    assert said == ["mandatory: external db.example.com, used by a"]


def test_a_registry_outside_is_no_foreign_literal() -> None:
    env = [value("ETCD_ENDPOINTS", "etcd://etcd.example.com:2379")]
    assert found("foreign-literal", [deployment("a", owner="a", env=env)], host_owners={"*": "b"}) == []


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"])
def test_a_workload_that_keeps_no_data_needs_no_protection(kind: str) -> None:
    assert found("unprotected-store", [deployment("pg", kind=kind, image="postgres:16", ports=[5432])]) == []


def test_neither_does_a_bare_pod_or_a_secret() -> None:
    spec = {"containers": [{"name": "pg", "image": "postgres:16", "ports": [{"containerPort": 5432}]}]}
    stack = [kube("Pod", "pg", spec=spec), resource("aws:secretsmanager/secret:Secret", "jwt", {})]
    assert found("unprotected-store", stack) == []


# exemptions


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a", ": holds something else than one key `exemptions`"),
        ("exemptions: []\nmore: 1", ": holds something else than one key `exemptions`"),
        ("exemptions: 3", ": exemptions are not a list"),
        ("exemptions: [3]", ": exemptions[0]: lacks rule, resource, owner, reason, expires"),
        (
            "exemptions: [{rule: [a], resource: {b: c}, owner: 1, reason: x, expires: 2027-01-01}]",
            ": exemptions[0]: lacks rule, resource",
        ),
        (
            "exemptions: [{rule: a, resource: b, owner: c, reason: d, expires: 2027-01-01, until: x, by: y}]",
            ": exemptions[0]: unknown key by, until; known are rule, resource, owner, reason, expires",
        ),
        (
            "exemptions: [{rule: a, resource: b, owner: c, reason: d, expires: 2027-01-01}]",
            f": exemptions[0].rule: no rule a; there are {', '.join(sorted(rule.id for rule in RULES))}",
        ),
        ("a: [", ": not valid YAML"),
        (b"\xff\xfe\x00", ": not valid YAML"),
        (None, ": cannot be read"),
    ],
)
def test_exemptions_that_cannot_be_read(text: Any, problem: str, tmp_path: Any) -> None:
    path = tmp_path / "exemptions.yaml"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert read_exemptions(path, [rule.id for rule in RULES]) == ([], [f"{path}{problem}"])


@pytest.mark.parametrize("text", ["", "exemptions:", "exemptions: []"])
def test_no_exemptions(text: str, tmp_path: Any) -> None:
    (tmp_path / "exemptions.yaml").write_text(text)
    assert read_exemptions(tmp_path / "exemptions.yaml", []) == ([], [])


def test_a_secret_that_a_stated_owner_reads_twice_is_told_of_once() -> None:
    env = [from_secret("A", "login", "password"), from_secret("B", "login", "password")]
    stack = [kube("Secret", "login", owner="auth", stringData=UNKNOWN), deployment("a", owner="a", env=env)]
    assert found("shared-database", stack) == ["mandatory: Secret login, used by a"]
