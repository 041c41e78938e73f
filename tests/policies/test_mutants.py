"""One reference of a clean topology is rewired at random to another owner: every such mutant is refused.

What a mutant shares is known from how it was made, not from what the pack says: the reference that was rewired tells
both owners. Whether values are known yet is part of the chance.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from policies.isolation.pack import policies
from policies.isolation.server import Servicer

from .stack import UNKNOWN, Answer, ask, deployment, from_config, from_secret, kube, resource, secret, value

OWNERS = ("ai", "analytics", "notifications", "monolith")
PLACE = "shop"
SITES = (
    "password", "all of the secret", "mounted secret", "host in a config map", "host", "host and namespace", "url",
    "claim", "service account", "cache", "broker login", "output of the cluster", "output of the secret",
    "network policy", "init container", "argument",
)  # fmt: skip


def topology(rewired: tuple[str, str, str] | None, known: bool, workload: str) -> list[Any]:
    """Four owners, each with its stores and workloads; `rewired` is (site, owner, the owner it now points to)."""
    stack: list[Any] = [
        kube("RabbitmqCluster", "broker", namespace=PLACE, owner="monolith", protect=True, spec={})
    ]
    made: dict[str, Any] = {}
    for owner in OWNERS:
        place: dict[str, Any] = {"namespace": PLACE, "owner": owner}
        password = resource("random:index/randomPassword:RandomPassword", f"{owner}-pg", {"result": UNKNOWN})
        login = resource("random:index/randomPassword:RandomPassword", f"{owner}-broker", {"result": UNKNOWN})
        data = {"username": owner, "password": secret(f"pw-{owner}")} if known else UNKNOWN
        made[f"secret {owner}"] = kube(
            "Secret", f"{owner}-pg", **place, stringData=data, uses={"stringData": [password]}
        )
        made[f"cluster {owner}"] = kube(
            "Cluster", f"{owner}-pg", **place, protect=True,
            spec={"bootstrap": {"initdb": {"database": owner, "secret": {"name": f"{owner}-pg"}}}},
        )  # fmt: skip
        stack += [
            password, login, made[f"secret {owner}"], made[f"cluster {owner}"],
            kube("Secret", f"{owner}-broker", **place, stringData=data, uses={"stringData": [login]}),
            kube("ConfigMap", f"{owner}-config", **place, data={"host": f"{owner}-pg-rw", "log": "info"}),
            kube("ServiceAccount", owner, **place),
            kube("PersistentVolumeClaim", f"{owner}-files", **place, protect=True, spec={}),
            deployment(f"{owner}-redis", kind="StatefulSet", image="redis:7", ports=[6379], **place),
            kube("Service", f"{owner}-redis", **place, spec={"selector": {"app": f"{owner}-redis"}}),
        ]  # fmt: skip
    for owner in OWNERS:
        stack += workloads(owner, made, rewired if rewired and rewired[1] == owner else None, workload)
    return stack


def workloads(
    owner: str, made: dict[str, Any], rewired: tuple[str, str, str] | None, mutated: str
) -> list[Any]:
    found = []
    for part in ("api", "worker", "migrate"):

        def to(site: str, part: str = part) -> str:
            return rewired[2] if rewired and rewired[0] == site and part == mutated else owner

        used = [made[f"cluster {to('output of the cluster')}"], made[f"secret {to('output of the secret')}"]]
        container = {
            "args": [f"--dsn=postgres://u@{to('argument')}-pg-rw/{to('argument')}"],
            "volumeMounts": [{"name": "files", "mountPath": "/files"}],
        }
        pod = {
            "serviceAccountName": to("service account"),
            "volumes": [
                {"name": "files", "persistentVolumeClaim": {"claimName": f"{to('claim')}-files"}},
                {"name": "login", "secret": {"secretName": f"{to('mounted secret')}-pg"}},
            ],
            "initContainers": [
                {"name": "init", "image": "app:1", "env": [value("PGHOST", f"{to('init container')}-pg-rw")]}
            ],
        }
        env = [
            from_secret("PGPASSWORD", f"{to('password')}-pg", "password"),
            from_config("PGHOST", f"{to('host in a config map')}-config", "host"),
            value("READ_HOST", f"{to('host')}-pg-ro"),
            value("OTHER_DB_HOST", f"{to('host and namespace')}-pg-rw.{PLACE}.svc"),
            value("DATABASE_URL", f"postgres://u@{to('url')}-pg-rw/{to('url')}"),
            value("REDIS_URL", f"redis://{to('cache')}-redis:6379"),
            from_secret("AMQP_PASSWORD", f"{to('broker login')}-broker", "password"),
            value("AMQP_HOST", "broker"),
        ]
        found.append(
            deployment(
                f"{owner}-{part}", kind="Job" if part == "migrate" else "Deployment", namespace=PLACE, owner=owner,
                env=env, env_from=[{"secretRef": {"name": f"{to('all of the secret')}-pg"}}], container=container,
                pod=pod, uses={"spec": used},
            )
        )  # fmt: skip
        allowed = {"podSelector": {"matchLabels": {"app": f"{owner}-{part}"}}}
        spec = {
            "podSelector": {"matchLabels": {"cnpg.io/cluster": f"{to('network policy')}-pg"}},
            "ingress": [{"from": [allowed], "ports": [{"port": 5432}]}],
        }
        found.append(kube("NetworkPolicy", f"{owner}-{part}", namespace=PLACE, spec=spec))
    return found


def refused(stack: list[Any]) -> list[Answer]:
    return [item for item in ask(Servicer(policies()), stack, None) if item.mandatory]


@pytest.mark.parametrize("known", [True, False], ids=["known values", "unknown values"])
def test_the_topology_itself_is_clean(known: bool) -> None:
    assert refused(topology(None, known, "")) == []


@pytest.mark.parametrize("site", SITES)
def test_every_rewired_reference_is_refused(site: str) -> None:
    chance = random.Random(site)
    for _ in range(32):  # times 16 sites: 512 mutants
        owner, other = chance.sample(OWNERS, 2)
        part = chance.choice(["api", "worker", "migrate"])
        found = refused(topology((site, owner, other), chance.random() < 0.5, part))
        named = [
            item for item in found if f"owner {owner})" in item.message and f"owner {other})" in item.message
        ]
        assert named, (site, owner, other, part, found)
        assert any(f"{owner}-{part} (owner {owner})" in item.message for item in named)
