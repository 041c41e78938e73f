"""Where each rule begins and ends: one stack on either side of each of its conditions.

What is expected is written as `level: kind name/logical, used by whom`, one for each finding of the rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from policies.isolation.findings import Finding
from policies.isolation.graph.graph import Graph, Settings
from policies.isolation.judgement import judge
from policies.isolation.rules import RULES
from policies.isolation.server import resource_of

from .stack import OWNER, UNKNOWN, deployment, from_secret, kube, resource, secret, service, value

Stack = list[Any]
TAGGED: dict[str, Any] = {name: {"tags": {OWNER: name}} for name in ("orders", "billing")}


def brief(finding: Finding) -> str:
    logical = f"/{finding.logical}" if finding.logical is not None else ""
    users = f", used by {' and '.join(finding.users)}" if finding.users else ""
    return f"{finding.level}: {finding.store_kind} {finding.store_name}{logical}{users}"


def judged(rule: str, stack: Stack, **settings: Any) -> list[Finding]:
    """What one rule finds; `config` is its own configuration, the rest is `Settings`."""
    config = {rule: settings.pop("config", {})}
    graph = Graph([resource_of(item) for item in stack], Settings(**settings))
    return judge(graph, config, rules=[item for item in RULES if item.id == rule])


def found(rule: str, stack: Stack, **settings: Any) -> list[str]:
    return [brief(item) for item in judged(rule, stack, **settings)]


def two(**given: Any) -> Stack:
    """Workloads of two stated owners, given the same."""
    return [deployment(name, owner=name, **given) for name in ("orders", "billing")]


def inferred(*names: str, **given: Any) -> Stack:
    return [deployment(name, **given) for name in names or ("orders", "billing")]


def server(name: str, image: str, port: int, **rest: Any) -> Stack:
    return [
        deployment(name, kind="StatefulSet", image=image, ports=[port], **rest),
        service(name, name, port),
    ]


def postgres(**rest: Any) -> Stack:
    return server("pg", "postgres:16", 5432, **rest)


# shared-secret

KEY: dict[str, Any] = {"env": [from_secret("K", "jwt", "private.pem")]}
PUBLIC: dict[str, Any] = {"env": [from_secret("K", "jwt", "key.pub")]}
EXPORTER = "example.com/orders-exporter:1"


def jwt(**rest: Any) -> Any:
    return kube("Secret", "jwt", stringData={"private.pem": secret("k"), "key.pub": "p"}, **rest)


def cluster(**rest: Any) -> Any:
    return kube("Cluster", "pg", protect=True, spec={}, **rest)


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            [cluster(owner="ai"), jwt(),
             *two(env=[from_secret("P", "pg-app", "password"), from_secret("K", "jwt", "private.pem")])],
            ["mandatory: Secret jwt, used by orders and billing"],
            id="beside a Secret that opens a store",
        ),
        pytest.param([jwt(), *inferred(**KEY)], ["advisory: Secret jwt, used by orders and billing"], id="inferred"),
        pytest.param(
            [jwt(), *inferred("orders", **KEY), deployment("billing", image=EXPORTER, **KEY)], [], id="an observer"),
        pytest.param([jwt(), *inferred("orders", **KEY), deployment("b", kind="Job", **KEY)], [], id="a migration"),
        pytest.param([jwt(), *inferred("orders", **KEY), *server("redis", "redis:7", 6379, **KEY)], [], id="a store"),
        pytest.param(
            [jwt(), deployment("orders", owner="orders", **KEY), deployment("b", kind="Job", owner="billing", **KEY)],
            ["mandatory: Secret jwt, used by orders and b"], id="a migration of a stated owner",
        ),
        pytest.param(
            [jwt(), deployment("orders", owner="orders", **KEY), deployment("billing", **KEY)],
            ["advisory: Secret jwt, used by orders and billing"], id="one stated, one inferred",
        ),
        pytest.param(
            [jwt(owner="auth"), deployment("login", owner="auth", **KEY), deployment("billing", **KEY)],
            ["advisory: Secret jwt, used by login and billing"], id="the Secret's owner and one inferred",
        ),
        pytest.param(
            [jwt(owner="auth"), deployment("orders", owner="orders", **PUBLIC)],
            ["advisory: Secret jwt, used by orders"], id="another owner's public key",
        ),
        pytest.param([jwt(owner="auth"), deployment("login", owner="auth", **KEY)], [], id="its owner"),
        pytest.param([jwt(owner="auth"), deployment("b", kind="Job", **KEY)], [], id="nobody who counts"),
        pytest.param(
            [kube("SealedSecret", "login", owner="orders", spec={"encryptedData": {"password": "AgB"}}),
             kube("Cluster", "pg", owner="billing", protect=True,
                  spec={"bootstrap": {"initdb": {"database": "app", "secret": {"name": "login"}}}}),
             deployment("billing", owner="billing", env=[from_secret("P", "login", "password")])],
            ["mandatory: Secret login, used by billing"], id="a sealed Secret of a third owner",
        ),
    ],
)  # fmt: skip
def test_shared_secret(stack: Stack, expected: list[str]) -> None:
    assert found("shared-secret", stack) == expected


def test_shared_secret_knows_what_a_generated_password_opens() -> None:
    password = resource("random:index/randomPassword:RandomPassword", "app", {"result": UNKNOWN})
    database = resource("aws:rds/instance:Instance", "main", TAGGED["billing"], uses={"password": [password]})
    copy = kube("Secret", "copy", owner="orders", stringData=UNKNOWN, uses={"stringData": [password]})
    reader = deployment("billing", owner="billing", env=[from_secret("P", "copy", "password")])
    stack = [password, database, copy, reader]
    assert found("shared-secret", stack) == ["mandatory: Secret copy, used by billing"]


def tagged(owner: str | None) -> dict[str, Any]:
    return {"tags": {OWNER: owner}} if owner is not None else {}


def vault(owner: str | None = None, **uses: Sequence[Any]) -> Any:
    """A secret of a cloud."""
    return resource("aws:secretsmanager/secret:Secret", "jwt", tagged(owner), uses=uses)


def function(name: str, *made: Any, owner: str | None = None) -> Any:
    """A function that is handed these in its environment."""
    return resource("aws:lambda/function:Function", name, tagged(owner), uses={"environment": made})


def version(of: Any, holds: Any) -> Any:
    uses = {"secretId": [of], "secretString": [holds]}
    return resource(
        "aws:secretsmanager/secretVersion:SecretVersion", "v", {"secretString": UNKNOWN}, uses=uses
    )


def rds(owner: str | None) -> Any:
    return resource(
        "aws:rds/instance:Instance", "main", {"engine": "postgres", **tagged(owner)}, protect=True
    )


def test_shared_secret_of_a_cloud_in_full() -> None:
    made = vault("auth")
    stack = [made, function("login", made, owner="auth"), function("orders", made, owner="orders")]
    [finding] = judged("shared-secret", stack)
    assert (finding.rule, finding.level, finding.logical) == ("shared-secret", "mandatory", None)
    assert (finding.users, finding.owners) == (("orders",), ("orders", "auth"))
    assert finding.message.startswith(
        "orders (owner orders) → Secret jwt (owner auth): give each owner a Secret"
    )


@pytest.mark.parametrize(
    ("keeper", "owners", "expected"),
    [
        (None, ("orders", "billing"), ["mandatory: Secret jwt, used by f0 and f1"]),
        (None, ("orders", None), ["advisory: Secret jwt, used by f0 and f1"]),
        (None, (None, None), ["advisory: Secret jwt, used by f0 and f1"]),
        (None, ("orders", "orders"), []),
        ("auth", ("orders",), ["mandatory: Secret jwt, used by f0"]),
        ("auth", (None,), ["advisory: Secret jwt, used by f0"]),
        ("auth", ("auth",), []),
        ("auth", (), []),
        (None, ("orders",), []),
    ],
)
def test_shared_secret_of_a_cloud(
    keeper: str | None, owners: Sequence[str | None], expected: list[str]
) -> None:
    made = vault(keeper)
    readers = [function(f"f{at}", made, owner=owner) for at, owner in enumerate(owners)]
    assert found("shared-secret", [made, *readers]) == expected


@pytest.mark.parametrize(
    ("keeper", "of_database", "expected"),
    [
        ("orders", "orders", []),
        (None, "orders", []),
        (None, None, []),
        ("auth", "orders", ["mandatory: Secret jwt, used by orders and billing"]),
    ],
    ids=["of one owner with it", "of nobody", "both of nobody", "of a third owner"],
)
def test_shared_secret_of_a_cloud_that_opens_a_database(
    keeper: str | None, of_database: str | None, expected: list[str]
) -> None:
    made, database = vault(keeper), rds(of_database)
    readers = [function(name, made, owner=name) for name in ("orders", "billing")]
    assert found("shared-secret", [made, database, version(made, database), *readers]) == expected


# shared-database and shared-filesystem

LOGIN: dict[str, Any] = {"env": [from_secret("P", "login", "password")]}
CERTIFICATE = kube("Certificate", "login", spec={"secretName": "login"})
HIDDEN: dict[str, Any] = {"stringData": UNKNOWN}


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            [kube("Secret", "login", owner="auth", **HIDDEN), deployment("orders", owner="orders", **LOGIN)],
            ["mandatory: Secret login, used by orders"], id="a hidden Secret of another owner",
        ),
        pytest.param([kube("Secret", "login", owner="auth", **HIDDEN), deployment("orders", **LOGIN)], [],
                     id="and a reader whose owner nobody stated"),
        pytest.param([kube("Secret", "login", **HIDDEN), deployment("orders", owner="orders", **LOGIN)], [],
                     id="of nobody"),
        pytest.param([deployment("orders", owner="orders", **LOGIN)],
                     ["advisory: Secret login, used by orders"], id="declared by nothing"),
        pytest.param([deployment("orders", **LOGIN)], [], id="declared by nothing, read by nobody's"),
        pytest.param([CERTIFICATE, deployment("orders", owner="orders", **LOGIN)], [], id="made by a controller"),
        pytest.param(
            [kube("Certificate", "login", namespace="other", spec={"secretName": "login"}),
             deployment("orders", owner="orders", **LOGIN)],
            ["advisory: Secret login, used by orders"], id="made by a controller elsewhere",
        ),
    ],
)  # fmt: skip
def test_shared_database_where_nothing_shows_what_a_secret_opens(stack: Stack, expected: list[str]) -> None:
    assert found("shared-database", stack) == expected


def test_shared_database_of_hidden_secrets_among_others() -> None:
    """What is known, and what a server opens with, is passed over, and no Secret hides another."""
    stack = [
        kube("Secret", "shown", owner="auth", stringData={"password": secret("x")}),
        kube("Secret", "opens", stringData=UNKNOWN),
        *(kube("Secret", name, owner="auth", **HIDDEN) for name in ("one", "two")),
        *postgres(env=[from_secret("POSTGRES_PASSWORD", "opens", "password")]),
        deployment(
            "a",
            owner="a",
            env=[from_secret(n.upper(), n, "password") for n in ("shown", "opens", "one", "two")],
        ),
        deployment("b", owner="b", env=[from_secret("ONE", "one", "password")]),
    ]
    assert sorted(line for line in found("shared-database", stack) if "Secret" in line) == [
        "mandatory: Secret one, used by a",
        "mandatory: Secret one, used by b",
        "mandatory: Secret two, used by a",
    ]


@pytest.mark.parametrize(
    ("key", "expected"),
    [("password", []), ("token", ["advisory: Secret opens, used by a"])],
    ids=["the key that opens the server", "another key"],
)
def test_shared_database_of_a_secret_that_nothing_declares_by_key(key: str, expected: list[str]) -> None:
    server_of = postgres(owner="a", env=[from_secret("POSTGRES_PASSWORD", "opens", "password")])
    reader = deployment("a", owner="a", env=[from_secret("KEY", "opens", key)])
    assert [
        line for line in found("shared-database", [*server_of, reader]) if "used by a" in line
    ] == expected


def searching(*indices: str | None, declared: bool) -> Stack:
    """A search server, and a workload of an owner of its own for each index that is named, or not."""
    env = [
        [
            value("ELASTICSEARCH_URL", "http://es:9200"),
            *([value("ELASTICSEARCH_INDEX", name)] if name else []),
        ]
        for name in indices
    ]
    users = [
        deployment(f"w{at}", owner=f"o{at}" if declared else None, env=given) for at, given in enumerate(env)
    ]
    return [*server("es", "elasticsearch:8", 9200), *users]


@pytest.mark.parametrize(
    ("stack", "grade", "expected"),
    [
        (searching(None, None, declared=False), "database", "advisory: StatefulSet es"),
        (searching(None, None, declared=True), "database", "mandatory: StatefulSet es"),
        (searching("shop", "shop", declared=False), "database", "mandatory: StatefulSet es/shop"),
        (searching("shop", "till", declared=True), "database", "advisory: StatefulSet es"),
        (searching("shop", "till", declared=True), "instance", "mandatory: StatefulSet es"),
        (searching(None, None, declared=False), "instance", "mandatory: StatefulSet es"),
        (searching(None, None, declared=False), "account", "mandatory: StatefulSet es"),
    ],
    ids=["unnamed, inferred", "unnamed, stated", "one index, inferred", "an index each", "at grade instance",
         "at grade instance, inferred", "at grade account, inferred"],
)  # fmt: skip
def test_shared_database_of_search_servers(stack: Stack, grade: str, expected: str) -> None:
    [finding] = judged("shared-database", stack, config={"grade": grade})
    assert (finding.rule, brief(finding)) == ("shared-database", f"{expected}, used by w0 and w1")
    own = "give each owner a store of its own, or let it read over a declared edge or by events"
    assert (own in finding.message) is (finding.level == "mandatory")


def bucket(*names: str, declared: bool = True) -> Stack:
    env = [
        [value("S3_ENDPOINT", "http://minio:9000"), *([value("S3_BUCKET", n)] if n else [])] for n in names
    ]
    return [
        deployment(f"w{at}", owner=f"o{at}" if declared else None, env=given) for at, given in enumerate(env)
    ]


MINIO = server("minio", "minio/minio:1", 9000)


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([*MINIO, *bucket("a", "a")], ["mandatory: StatefulSet minio/a, used by w0 and w1"],
                     id="one bucket"),
        pytest.param([*MINIO, *bucket("", "")], ["mandatory: StatefulSet minio, used by w0 and w1"], id="unnamed"),
        pytest.param([*MINIO, *bucket("", "", declared=False)],
                     ["advisory: StatefulSet minio, used by w0 and w1"], id="unnamed, of inferred owners"),
    ],
)  # fmt: skip
def test_shared_filesystem_of_servers_of_buckets(stack: Stack, expected: list[str]) -> None:
    assert found("shared-filesystem", stack) == expected


def test_shared_filesystem_of_one_bucket_in_full() -> None:
    [finding] = judged("shared-filesystem", [*MINIO, *bucket("a", "a")])
    assert (finding.rule, finding.logical) == ("shared-filesystem", "a")
    assert finding.message.endswith(
        ": give each owner a store of its own, or let it read over a declared edge or by events"
    )


def test_shared_filesystem_of_one_bucket_that_has_no_name_yet() -> None:
    made = resource("aws:s3/bucket:Bucket", "uploads", {"bucket": UNKNOWN}, protect=True)
    readers = [deployment(n, env=[value("S3_BUCKET", UNKNOWN)], uses={"spec": [made]}) for n in "ab"]
    assert found("shared-filesystem", [made, *readers]) == ["mandatory: Bucket uploads, used by a and b"]


def mounting(name: str, owner: str | None = None, claim: str = "files", **rest: Any) -> Any:
    mounts = [{"name": "data", "mountPath": "/d", **rest}]
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]
    return deployment(name, owner=owner, container={"volumeMounts": mounts}, pod={"volumes": volumes})


def claim(name: str = "files", owner: str | None = None, **spec: Any) -> Any:
    return kube("PersistentVolumeClaim", name, owner=owner, spec=spec)


def nfs(name: str, path: str, server_name: str = "nas") -> Any:
    return kube("PersistentVolume", name, namespace=None, spec={"nfs": {"server": server_name, "path": path}})


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([claim(), mounting("a", "a"), mounting("b", "b")],
                     ["mandatory: PersistentVolumeClaim files/files, used by a and b"], id="two owners"),
        pytest.param([claim(), mounting("a"), mounting("b")],
                     ["mandatory: PersistentVolumeClaim files/files, used by a and b"], id="two inferred owners"),
        pytest.param([claim(), mounting("a", "a"), mounting("b", "a")], [], id="one owner"),
        pytest.param([claim(owner="a"), mounting("a", "a"), mounting("b", "b")],
                     ["mandatory: PersistentVolumeClaim files/files, used by b"], id="the claim of one of them"),
        pytest.param([claim(owner="a"), mounting("b", "b", readOnly=True)],
                     ["mandatory: PersistentVolumeClaim files/files, used by b"], id="another's, only read"),
        pytest.param([claim(), mounting("a", "a", readOnly=True), mounting("b", "b", readOnly=True)],
                     ["advisory: PersistentVolumeClaim files/files, used by a and b"], id="all only read"),
        pytest.param([claim(), mounting("a", "a"), mounting("b", "b", readOnly=True)],
                     ["mandatory: PersistentVolumeClaim files/files, used by a and b"], id="one writes"),
        pytest.param([claim(owner="a")], [], id="nobody mounts it"),
        pytest.param([claim(owner="a"), mounting("a", "a")], [], id="its owner mounts it"),
        pytest.param(
            [nfs("v", "/exports"), nfs("w", "/exports"), claim("v", volumeName="v"), claim("w", volumeName="w"),
             mounting("a", "a", "v"), mounting("b", "b", "w")],
            ["mandatory: PersistentVolumeClaim v, used by a and b"], id="one export under two claims",
        ),
        pytest.param(
            [nfs("v", "/"), nfs("w", "/exports/orders"), claim("v", volumeName="v"), claim("w", volumeName="w"),
             mounting("a", "a", "v"), mounting("b", "b", "w")],
            ["mandatory: PersistentVolumeClaim w, used by b and a"], id="inside all of a server",
        ),
        pytest.param(
            [nfs("v", "/exports"), nfs("w", "/exports/orders", "nas2"), claim("v", volumeName="v"),
             claim("w", volumeName="w"), mounting("a", "a", "v"), mounting("b", "b", "w")],
            [], id="of two servers",
        ),
    ],
)  # fmt: skip
def test_shared_filesystem(stack: Stack, expected: list[str]) -> None:
    assert found("shared-filesystem", stack) == expected


EFS = "fs-1.efs.eu-central-1.amazonaws.com"


def mounting_export(name: str, owner: str, path: str) -> Any:
    volume = {"name": "d", "nfs": {"server": EFS, "path": path}}
    mounts = {"volumeMounts": [{"name": "d", "mountPath": "/d"}]}
    return deployment(name, owner=owner, container=mounts, pod={"volumes": [volume]})


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("/orders", "/"), ["mandatory: FileSystem files/orders, used by w0 and w1"]),
        (("/orders/new", "/orders"), ["mandatory: FileSystem files/orders/new, used by w0 and w1"]),
        (("/orders/new", "/"), ["mandatory: FileSystem files/orders/new, used by w0 and w1"]),
        (("/orders", "/billing"), []),
        (("/", "/"), ["mandatory: FileSystem files, used by w0 and w1"]),
    ],
)
def test_shared_filesystem_of_a_cloud_by_directory(paths: tuple[str, str], expected: list[str]) -> None:
    files = resource("aws:efs/fileSystem:FileSystem", "files", {"dnsName": EFS}, protect=True)
    mounts = [mounting_export(f"w{at}", f"o{at}", path) for at, path in enumerate(paths)]
    assert found("shared-filesystem", [files, *mounts]) == expected


def test_a_namespace_is_the_one_of_its_own_stack() -> None:
    """Two stacks have a namespace of one name, and each keeps it for another owner."""
    reader = deployment("orders", owner="orders", namespace="shop", **LOGIN)
    resources = [resource_of(item) for item in (
        kube("Namespace", "shop", namespace=None, owner="orders"), reader,
        kube("Namespace", "shop", namespace=None, owner="auth"),
    )]  # fmt: skip
    for item, scope in zip(resources, ("prod", "prod", "test"), strict=True):
        item.scope = scope
    rules = [item for item in RULES if item.id == "shared-database"]
    assert judge(Graph(resources), rules=rules) == []


# foreign-network-path

EVERYBODY = kube("NetworkPolicy", "admits", spec={"podSelector": {"matchLabels": {"app": "pg"}},
                 "ingress": [{"from": [{"podSelector": {}}]}]})  # fmt: skip
OPEN = "advisory: StatefulSet pg, used by orders and billing"


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([*postgres(), *inferred()], [OPEN], id="inferred owners"),
        pytest.param([*postgres(), *inferred(), deployment("migrate", kind="Job")], [OPEN], id="and a migration"),
        pytest.param([*postgres(), *inferred("orders")], [], id="one inferred owner"),
        pytest.param([*postgres(), *inferred("orders"), deployment("migrate", kind="Job")], [], id="and its migration"),
        pytest.param([*postgres(), *inferred("orders"), deployment("m", image=EXPORTER)], [], id="and its exporter"),
        pytest.param([*postgres(), *inferred("orders"), *server("redis", "redis:7", 6379)], [], id="and its cache"),
        pytest.param([*postgres(owner="orders"), *inferred()], [], id="a stated owner's store, inferred clients"),
        pytest.param(
            [*postgres(), deployment("orders", owner="orders"), *server("redis", "redis:7", 6379, owner="billing")],
            [], id="nobody's store, another's cache",
        ),
        pytest.param(
            [*postgres(owner="orders"), deployment("m", image=EXPORTER, owner="billing")], [],
            id="an exporter of another",
        ),
        pytest.param(
            [*postgres(owner="orders"), deployment("b", owner="billing", kind="Job")],
            ["mandatory: StatefulSet pg, used by b"], id="a migration of another",
        ),
    ],
)  # fmt: skip
def test_foreign_network_path(stack: Stack, expected: list[str]) -> None:
    assert found("foreign-network-path", [*stack, EVERYBODY]) == expected


def test_foreign_network_path_of_two_stores_by_one_policy() -> None:
    stack = [*postgres(owner="orders"), *server("mysql", "mysql:8", 3306, owner="stock")]
    everybody = kube(
        "NetworkPolicy", "all", spec={"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}]}]}
    )
    assert found("foreign-network-path", [*stack, deployment("web", owner="web"), everybody]) == [
        "mandatory: StatefulSet mysql, used by pg and web",
        "mandatory: StatefulSet pg, used by mysql and web",
    ]


@pytest.mark.parametrize("image", ["rabbitmq:4", "quay.io/coreos/etcd:v3.6"], ids=["a broker", "a registry"])
def test_foreign_network_path_to_what_owners_may_share(image: str) -> None:
    port = 5672 if image.startswith("rabbitmq") else 2379
    shared = server("pg", image, port, owner="orders")
    assert found("foreign-network-path", [*shared, deployment("web", owner="web"), EVERYBODY]) == []


def admitting(client: str, *, guarded: bool) -> Stack:
    """A store that only `orders` may enter, and a policy by which `client` may go out to it."""
    store, labels = {"matchLabels": {"app": "pg"}}, {"matchLabels": {"app": client}}
    inward = {
        "podSelector": store,
        "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "orders"}}}]}],
    }
    outward = {"podSelector": labels, "policyTypes": ["Egress"], "egress": [{"to": [{"podSelector": store}]}]}
    out = kube("NetworkPolicy", "out", spec=outward)
    return [kube("NetworkPolicy", "in", spec=inward), out] if guarded else [out]


@pytest.mark.parametrize(
    ("keeper", "client_owner", "guarded", "expected"),
    [
        ("orders", "billing", True, ["mandatory: StatefulSet pg, used by billing"]),
        (None, "billing", True, []),
        ("orders", "billing", False, ["mandatory: StatefulSet pg, used by billing"]),
    ],
)
def test_foreign_network_path_out_to_a_guarded_store(
    keeper: str | None, client_owner: str, guarded: bool, expected: list[str]
) -> None:
    stack = [*postgres(owner=keeper), deployment("billing", owner=client_owner)]
    assert found("foreign-network-path", [*stack, *admitting("billing", guarded=guarded)]) == expected


@pytest.mark.parametrize(("guarded", "expected"), [(True, []), (False, [OPEN])])
def test_foreign_network_path_out_of_a_whole_namespace(guarded: bool, expected: list[str]) -> None:
    """Of a store that nobody owns: whom its own policies keep out, no way out of the namespace lets in."""
    everywhere = {"podSelector": {}, "policyTypes": ["Egress"],
                  "egress": [{"to": [{"podSelector": {"matchLabels": {"app": "pg"}}}]}]}  # fmt: skip
    inward = admitting("billing", guarded=True)[0]
    stack = [*postgres(), *inferred(), kube("NetworkPolicy", "out", spec=everywhere)]
    assert found("foreign-network-path", [*stack, *([inward] if guarded else [])]) == expected


# shared-identity


def acting(*owners: str | None) -> Stack:
    """Workloads of these owners under one ServiceAccount that has a cloud role."""
    account = kube("ServiceAccount", "app")
    account.properties["metadata"]["annotations"] = {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/app"}
    return [
        account,
        *(
            deployment(f"w{at}", owner=owner, pod={"serviceAccountName": "app"})
            for at, owner in enumerate(owners)
        ),
    ]


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        (("orders", "billing"),
         ["mandatory: Role app, used by w0 and w1", "mandatory: ServiceAccount app, used by w0 and w1"]),
        (("orders", None), ["advisory: Role app, used by w0 and w1"]),
        ((None, None), ["advisory: Role app, used by w0 and w1"]),
        (("orders", "orders"), []),
    ],
    ids=["two stated", "one stated", "none stated", "one owner"],
)  # fmt: skip
def test_shared_identity(owners: Sequence[str | None], expected: list[str]) -> None:
    assert sorted(found("shared-identity", acting(*owners))) == sorted(expected)


@pytest.mark.parametrize(
    ("made", "annotation"),
    [
        (resource("aws:iam/role:Role", "app", {"name": "app", "arn": "arn:aws:iam::1:role/app"}),
         {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/app"}),
        (resource("gcp:serviceaccount/account:Account", "app", {"email": "app@p.iam.gserviceaccount.com"}),
         {"iam.gke.io/gcp-service-account": "app@p.iam.gserviceaccount.com"}),
        (resource("azure-native:managedidentity:UserAssignedIdentity", "app", {"clientId": "0f-1e"}),
         {"azure.workload.identity/client-id": "0f-1e"}),
    ],
    ids=["AWS", "Google", "Azure"],
)  # fmt: skip
def test_a_role_that_the_program_declares_is_told_of_once(made: Any, annotation: dict[str, str]) -> None:
    accounts = [kube("ServiceAccount", name, uses={"metadata": [made]}) for name in ("one", "two")]
    for account in accounts:
        account.properties["metadata"]["annotations"] = annotation
    users = [
        deployment(owner, owner=owner, pod={"serviceAccountName": name})
        for owner, name in (("orders", "one"), ("billing", "two"))
    ]
    assert found("shared-identity", [made, *accounts, *users]) == [
        "mandatory: Role app, used by orders and billing"
    ]


# shared-broker-credential

RABBIT: dict[str, Any] = {"image": "rabbitmq:4", "ports": [5672], "kind": "StatefulSet"}


def rabbit(owner: str | None = None, *, secret_name: str = "") -> Stack:
    env = [from_secret("RABBITMQ_DEFAULT_PASS", secret_name, "password")] if secret_name else []
    return [deployment("broker", owner=owner, env=env, **RABBIT), service("broker", "broker", 5672)]


def amqp(login: str = "") -> dict[str, str]:
    return value("AMQP", f"amqp://{login}broker:5672/")


def logins(**by_name: tuple[str | None, str]) -> Stack:
    return [deployment(name, owner=owner, env=[amqp(login)]) for name, (owner, login) in by_name.items()]


OWN_URL = kube("Secret", "login", stringData={"url": "amqp://broker:5672/", "password": secret("x")})


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([*rabbit(), *logins(a=("one", "x:p@"), b=("two", "y:p@"))], [], id="a login each"),
        pytest.param([*rabbit(), *logins(a=("one", ""), b=("two", ""))], [], id="no login shown"),
        pytest.param(
            [*rabbit(), *logins(a=("one", "x:p@"), b=("two", "y:p@"), c=("three", "y:p@"))],
            ["mandatory: StatefulSet broker, used by b and c"], id="one login of two, after one of one",
        ),
        pytest.param(
            [*rabbit(), *logins(a=("one", "x:p@"), b=(None, "x:p@"))],
            ["advisory: StatefulSet broker, used by a and b"], id="one of them inferred",
        ),
        pytest.param(
            [*rabbit(), *logins(a=("one", "x:p@"), b=("two", "x:p@"), c=("three", "y:p@"), d=("four", "y:p@"))],
            ["mandatory: StatefulSet broker, used by a and b", "mandatory: StatefulSet broker, used by c and d"],
            id="two logins of two each",
        ),
        pytest.param(
            [OWN_URL, *rabbit("platform", secret_name="login"),
             deployment("a", owner="one", env=[from_secret("AMQP", "login", "url")])],
            ["mandatory: StatefulSet broker, used by a"], id="an address out of the broker's own Secret",
        ),
        pytest.param(
            [kube("ConfigMap", "login", data={"url": "amqp://broker:5672/"}), *rabbit("platform", secret_name="login"),
             deployment("a", owner="one", env=[
                 {"name": "AMQP", "valueFrom": {"configMapKeyRef": {"name": "login", "key": "url"}}}])],
            [], id="an address out of a ConfigMap",
        ),
        pytest.param(
            [kube("Secret", "url", stringData={"url": "amqp://broker:5672/"}), *rabbit("platform", secret_name="login"),
             deployment("a", owner="one", env=[from_secret("AMQP", "url", "url")])],
            [], id="an address out of a Secret that opens nothing",
        ),
        pytest.param(
            [OWN_URL, *rabbit("platform", secret_name="login"),
             deployment("a", owner="platform", env=[from_secret("AMQP", "login", "url")])],
            [], id="the broker's owner",
        ),
    ],
)  # fmt: skip
def test_shared_broker_credential(stack: Stack, expected: list[str]) -> None:
    assert found("shared-broker-credential", stack) == expected


@pytest.mark.parametrize("keeper", [None, "platform"])
def test_shared_broker_credential_is_told_of_once(keeper: str | None) -> None:
    """The login and the Secret it comes from are the same two owners' one fault, whoever keeps the broker."""
    credentials = kube(
        "Secret", "login", stringData={"url": "amqp://x:p@broker:5672/", "password": secret("x")}
    )
    readers = two(env=[from_secret("AMQP", "login", "url")])
    stack = [credentials, *rabbit(keeper, secret_name="login"), *readers]
    assert found("shared-broker-credential", stack) == [
        "mandatory: StatefulSet broker, used by orders and billing"
    ]


def test_shared_broker_credential_names_the_brokers_owner_once() -> None:
    readers = [
        deployment(name, owner=owner, env=[from_secret("AMQP", "login", "url")])
        for name, owner in (("own", "platform"), ("a", "one"))
    ]
    [finding] = judged(
        "shared-broker-credential", [OWN_URL, *rabbit("platform", secret_name="login"), *readers]
    )
    assert finding.owners == ("platform", "one")


def password(name: str) -> Any:
    return resource("random:index/randomPassword:RandomPassword", name, {"result": UNKNOWN})


@pytest.mark.parametrize(
    ("given", "expected"),
    [("pq", []), ("pp", ["mandatory: Broker mq, used by a and b"])],
    ids=["a user each", "one user"],
)
def test_shared_broker_credential_of_a_cloud(given: str, expected: list[str]) -> None:
    """A broker of a cloud is given each user's password, so each opens it as one user only."""
    passwords = {name: password(name) for name in "pq"}
    users = [{"username": name, "password": UNKNOWN} for name in passwords]
    broker = resource("aws:mq/broker:Broker", "mq", {"users": users}, uses={"users": [*passwords.values()]})
    readers = [function(name, passwords[made], owner=name) for name, made in zip("ab", given, strict=True)]
    assert found("shared-broker-credential", [*passwords.values(), broker, *readers]) == expected


def test_whatever_a_broker_in_the_cluster_is_opened_by_is_its_own() -> None:
    """The password and the cookie of one server, each handed to another owner."""
    made = [password("password"), password("cookie")]
    login = kube(
        "Secret", "login", stringData={"password": UNKNOWN, "cookie": UNKNOWN}, uses={"stringData": made}
    )
    readers = [function(name, item, owner=name) for name, item in zip("ab", made, strict=True)]
    assert found("shared-broker-credential", [*made, login, *rabbit(secret_name="login"), *readers]) == [
        "mandatory: StatefulSet broker, used by a and b"
    ]


# unowned-store and unprotected-store


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([*postgres(owner="orders"), *server("redis", "redis:7", 6379)],
                     ["advisory: StatefulSet redis"], id="after one with an owner"),
        pytest.param([*server("etcd", "quay.io/coreos/etcd:v3.6", 2379), *inferred()], [], id="a registry"),
        pytest.param([deployment("a", env=[value("DB", "postgres://u@db.example.com/x")])], [], id="outside the input"),
        pytest.param([vault()], [], id="a secret of a cloud"),
        pytest.param(
            [resource("aws:efs/fileSystem:FileSystem", "files", {"dnsName": EFS}),
             mounting_export("a", "a", "/orders")],
            ["advisory: FileSystem files"], id="a file system, and not its directory",
        ),
    ],
)  # fmt: skip
def test_unowned_store(stack: Stack, expected: list[str]) -> None:
    assert found("unowned-store", [*stack, deployment("o", owner="orders")]) == expected
