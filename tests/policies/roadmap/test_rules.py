"""Each rule on a recorded stack of this roadmap: compliant, with exactly one thing broken, and where it says nothing.

A case that expects None holds what is still legal: the rule must not speak.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from policies.roadmap.rules import RULES

from ..stack import UNKNOWN, from_secret, secret, value
from .recorded import Stack, said, stack

Change = Callable[[Stack], Any]
PARKED: dict[str, Any] = {"phase": "worker", "parked": True}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One stack, one change, what the rule says of it."""

    id: str
    rule: str
    year: int = 3
    extract: dict[str, Any] | None = None
    change: Change | None = None
    expected: str | None = None
    config: dict[str, Any] | None = None


def env(kind: str, workload: str, *variables: dict[str, Any]) -> Change:
    return lambda s: s.container(kind, workload).setdefault("env", []).extend(variables)


def image(workload: str, name: Any) -> Change:
    return lambda s: s.container("Deployment", workload).update(image=name)


def allow(policy: str, direction: str, peer: dict[str, Any] | None, port: int | None = None) -> Change:
    """Another rule of a NetworkPolicy."""

    def change(s: Stack) -> None:
        rule: dict[str, Any] = {} if peer is None else {"from" if direction == "ingress" else "to": [peer]}
        if port is not None:
            rule["ports"] = [{"port": port, "protocol": "TCP"}]
        spec = s.spec("NetworkPolicy", policy)
        spec.setdefault(direction, []).append(rule)

    return change


def pods(namespace: str, **labels: str) -> dict[str, Any]:
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "podSelector": {
            "matchLabels": {key.replace("__", "/").replace("_", "."): v for key, v in labels.items()}
        },
    }


def named(namespace: str, name: str) -> dict[str, Any]:
    found = pods(namespace)
    found["podSelector"]["matchLabels"] = {"app.kubernetes.io/name": name}
    return found


def instances(namespace: str, cluster: str) -> dict[str, Any]:
    found = pods(namespace)
    found["podSelector"]["matchLabels"] = {"cnpg.io/cluster": cluster}
    return found


def sql(text: Any) -> Change:
    return lambda s: s.add(
        "ConfigMap", "more-sql", namespace=f"{_prefix(s)}-monolith", owner="monolith", data={"more.sql": text}
    )


def _prefix(s: Stack) -> str:
    return str(s.root["stack"])


def route(s: Stack, name: str) -> dict[str, Any]:
    rule: dict[str, Any] = s.spec("HTTPRoute", name)["rules"][-1]
    return rule


def workflow(owner: str, old: str, new: str) -> Change:
    def change(s: Stack) -> None:
        data = s.at("ConfigMap", f"{owner}-workflow")["data"]
        assert old in data["release.yaml"]
        data["release.yaml"] = data["release.yaml"].replace(old, new)

    return change


def proxy(edge: str, old: str, new: str) -> Change:
    def change(s: Stack) -> None:
        data = s.at("ConfigMap", f"{edge}-configuration")["data"]
        assert old in data["haproxy.cfg"]
        data["haproxy.cfg"] = data["haproxy.cfg"].replace(old, new)

    return change


def realm(text: Any) -> Change:
    return lambda s: s.add(
        "ConfigMap", "another-realm", namespace="year3-auth", owner="auth", data={"realm.json": text}
    )


def evidence(domain: str, criterion: str, **changes: Any) -> Change:
    return lambda s: s.root["evidence"][domain]["criteria"][criterion].update(changes)


def both(*changes: Change) -> Change:
    return lambda s: [change(s) for change in changes]


def refresh(schedule: str) -> Change:
    return lambda s: s.spec("CronJob", "analytics-refresh").update(schedule=schedule)


def parameter(name: str) -> Change:
    return lambda s: s.spec("Cluster", "monolith-postgres").update(postgresql={"parameters": {name: "1"}})


def token_secret(owner: str, text: str) -> Change:
    return lambda s: s.add(
        "Secret",
        f"{owner}-jwt",
        namespace=f"year3-{owner}",
        owner=owner,
        stringData={"JWT_SECRET": secret(text)},
    )


VIEWS = '{"realm": "pmt", "userProfile": {"attributes": [%s]}}'
CASES = [
    # registered-move
    Case(id="no root", rule="registered-move", change=lambda s: drop_root(s), expected="0 resources register a move"),
    Case(id="unknown placements", rule="registered-move", change=lambda s: s.root.update(nextPlacements=UNKNOWN),
         expected="`nextPlacements` cannot be read"),
    Case(id="phase names disagree", rule="registered-move", change=lambda s: s.root["nextPhases"].update(ai="worker"),
         expected="the next phases are not those of the next placements"),
    Case(id="no evidence", rule="registered-move", change=lambda s: s.root["evidence"].pop("ai"),
         expected="ai enters `service` without evidence"),
    Case(id="too few engineers", rule="registered-move", change=evidence("ai", "independent_team", value=2),
         expected="ai is not-justified: independent_team 2 engineers (needs >= 3)"),
    Case(id="evidence too old", rule="registered-move", change=evidence("ai", "independent_team", date="2026-01-01"),
         expected="more than 90 days before"),
    Case(id="precondition open", rule="registered-move",
         change=lambda s: s.root["evidence"]["auth"]["preconditions"].pop("role-claims"),
         expected="auth: nobody confirmed role-claims"),
    Case(id="driver unstated", rule="registered-move", change=lambda s: s.placement("ai").update(drivers=[]),
         expected="ai: nobody stated driver llm_compute_needs_dedicated_scaling"),
    Case(id="another digest", rule="registered-move", change=lambda s: s.root.update(evidenceDigest="0" * 64),
         expected="the evidence digest is not that of the evidence"),
    Case(id="judged tomorrow", rule="registered-move", change=lambda s: s.root.update(judgedOn="2026-11-02"),
         expected="a day yet to come"),
    Case(id="a day pinned outside", rule="registered-move", change=lambda s: s.root.update(environment="production"),
         expected="only an embedded stack may pin the day"),
    Case(id="weight at the first deployment", rule="registered-move",
         change=lambda s: s.placement("ai").update(weight=10, old_path="kept"), expected="no old path to share"),
    Case(id="backfill without an exemption", rule="registered-move",
         change=lambda s: s.placement("auth").update(backfill="forward"), expected="no exemption opens"),
    # coverage-before-extraction
    Case(id="79 %", rule="coverage-before-extraction", change=evidence("ai", "test_coverage", value=79.9),
         expected="ai leaves with 79.9 % test coverage, and >= 80 % come first"),
    Case(id="80 %", rule="coverage-before-extraction", change=evidence("ai", "test_coverage", value=80)),
    Case(id="another unit", rule="coverage-before-extraction",
         change=evidence("ai", "test_coverage", value=900, unit="lines"), expected="900 lines"),
    Case(id="not measured", rule="coverage-before-extraction",
         change=lambda s: s.root["evidence"]["ai"]["criteria"].pop("test_coverage"), expected="nobody measured"),
    Case(id="nobody leaves", rule="coverage-before-extraction", year=1,
         change=lambda s: s.root.update(evidence={})),
    # phase-matches-resources
    Case(id="a service said to be an interface", rule="phase-matches-resources",
         change=lambda s: say(s, "ai", "interface"),
         expected="ai is said to be at `interface`, and has Deployment ai-api of its own"),
    Case(id="a store said to be an interface", rule="phase-matches-resources", year=1,
         change=lambda s: s.add("Cluster", "ai-postgres", namespace="year1-ai", owner="ai", spec={"instances": 1}),
         expected="has Cluster ai-postgres of its own"),
    Case(id="a route said to be an interface", rule="phase-matches-resources", year=1,
         change=lambda s: s.at("HTTPRoute", "monolith")["metadata"]["labels"].update(
             {"service-extraction/owner": "ai"}),
         expected="has HTTPRoute monolith of its own"),
    Case(id="a service without its worker", rule="phase-matches-resources",
         change=lambda s: s.remove("Deployment", "ai-jobs"), expected="lacks workload ai-jobs"),
    Case(id="a service without its store", rule="phase-matches-resources",
         change=lambda s: s.remove("Cluster", "ai-postgres"), expected="lacks store ai-postgres"),
    Case(id="a worker phase without its worker", rule="phase-matches-resources", year=1,
         change=lambda s: say(s, "ai", "worker"), expected="workload ai-worker of that phase is missing"),
    Case(id="views refreshed after analytics left", rule="phase-matches-resources", year=2,
         change=lambda s: say(s, "analytics", "replica"),
         expected="CronJob analytics-refresh is of another phase"),
    Case(id="prepared", rule="phase-matches-resources", year=2),
    # parked-store
    Case(id="parked", rule="parked-store", year=2, extract={"ai": PARKED}),
    Case(id="parked is the phase's", rule="phase-matches-resources", year=2, extract={"ai": PARKED}),
    Case(id="parked and used", rule="parked-store", year=2, extract={"ai": PARKED},
         change=env("Deployment", "monolith-api", value("OLD", "postgres://u@ai-postgres-rw.year2-ai/ai")),
         expected="Cluster ai-postgres is parked (owner ai), and Deployment monolith-api uses it"),
    Case(id="parked and not closed", rule="parked-store", year=2, extract={"ai": PARKED},
         change=lambda s: default_deny(s, "year2-ai").update(policyTypes=["Ingress"]),
         expected="no NetworkPolicy denies all of its namespace"),
    Case(id="parked and opened", rule="parked-store", year=2, extract={"ai": PARKED},
         change=lambda s: s.add("NetworkPolicy", "in", namespace="year2-ai", owner="ai", spec={
             "podSelector": {"matchLabels": {"cnpg.io/cluster": "ai-postgres"}}, "ingress": [{}]}),
         expected="NetworkPolicy in opens its namespace"),
    Case(id="parked and unprotected", rule="parked-store", year=2, extract={"ai": PARKED},
         change=lambda s: s.protect("Cluster", "ai-postgres", False), expected="an update could delete it"),
    Case(id="in use", rule="parked-store", change=lambda s: s.protect("Cluster", "ai-postgres", False)),
    # ai-database-path
    Case(id="address", rule="ai-database-path",
         change=env("Deployment", "ai-jobs", value("MAIN_URL", "postgres://u@monolith-postgres-rw.year3-monolith/pmt")),
         expected="ai-jobs → env MAIN_URL → Cluster monolith-postgres: AI has no way"),
    Case(id="secret", rule="ai-database-path",
         change=lambda s: s.add("Secret", "borrowed", namespace="year3-ai", owner="ai", stringData={
             "url": secret("postgres://u:p@monolith-postgres-ro.year3-monolith/pmt")}),
         expected="Secret borrowed names Cluster monolith-postgres"),
    Case(id="secret of the monolith in AI's namespace", rule="ai-database-path", change=both(
        lambda s: s.add("Secret", "main", namespace="year3-ai", owner="monolith", stringData={"password": UNKNOWN}),
        env("Deployment", "ai-api", from_secret("P", "main", "password"))),
        expected="ai-api → Secret main"),
    Case(id="egress", rule="ai-database-path",
         change=allow("allow-ai-api", "egress", instances("year3-monolith", "monolith-postgres"), 5432),
         expected="ai-api → NetworkPolicy allow-ai-api → Cluster monolith-postgres"),
    Case(id="ingress", rule="ai-database-path",
         change=allow("allow-cluster-monolith-postgres", "ingress", named("year3-ai", "ai-jobs"), 5432),
         expected="ai-jobs → NetworkPolicy allow-cluster-monolith-postgres"),
    Case(id="egress anywhere", rule="ai-database-path", change=allow("allow-ai-api", "egress", None, 5432),
         expected="any address of the cluster"),
    Case(id="egress to private addresses", rule="ai-database-path",
         change=allow("allow-ai-api", "egress", {"ipBlock": {"cidr": "10.0.0.0/8"}}, 5432),
         expected="any address of the cluster"),
    Case(id="egress on another port", rule="ai-database-path", change=allow("allow-ai-api", "egress", None, 443)),
    Case(id="the monolith's own worker", rule="ai-database-path", year=1),
    # ai-route
    Case(id="route to the monolith", rule="ai-route",
         change=lambda s: route(s, "ai")["backendRefs"][0].update(name="monolith-api", namespace="year3-monolith"),
         expected="HTTPRoute ai leads /api/v1/ai to monolith-api (owner monolith), and AI's old path is retired"),
    Case(id="route below AI's", rule="ai-route",
         change=lambda s: route(s, "monolith")["matches"].append({"path": {"value": "/api/v1/ai/jobs"}}),
         expected="leads /api/v1/ai/jobs to monolith-api"),
    Case(id="mirrored", rule="ai-route", change=lambda s: route(s, "ai").update(filters=[{"requestMirror": {
        "backendRef": {"name": "monolith-api", "namespace": "year3-monolith"}}}]), expected="leads /api/v1/ai to"),
    Case(id="no route", rule="ai-route", change=lambda s: s.remove("HTTPRoute", "ai-websocket"),
         expected="no route leads /ws/ai to AI"),
    Case(id="unknown path", rule="ai-route", change=lambda s: route(s, "monolith").update(matches=UNKNOWN),
         expected="a path not known yet"),
    Case(id="old path kept", rule="ai-route", extract={"ai": {"weight": 10, "old_path": "kept"}}),
    Case(id="monolith reaches AI", rule="ai-route",
         change=allow("allow-ai-api", "ingress", named("year3-monolith", "monolith-api"), 8000),
         expected="the monolith could pass AI's answers on"),
    Case(id="a word that begins so", rule="ai-route",
         change=lambda s: route(s, "monolith")["matches"].append({"path": {"value": "/api/v1/aisles"}})),
    Case(id="still inside", rule="ai-route", year=1),
    # analytics-reads-replica
    Case(id="reader on the primary", rule="analytics-reads-replica", year=2,
         change=lambda s: rewrite(s, "Deployment", "monolith-api", "ANALYTICS_DATABASE_URL", "-ro.", "-rw."),
         expected="Deployment monolith-api reads the primary as analytics_reader (ANALYTICS_DATABASE_URL)"),
    Case(id="unknown address", rule="analytics-reads-replica", year=2,
         change=lambda s: variable(s, "Deployment", "monolith-api", "ANALYTICS_DATABASE_URL").update(value=UNKNOWN),
         expected="reads an address that is not known yet"),
    Case(id="network to the primary", rule="analytics-reads-replica", year=2, change=both(
        lambda s: move_reader(s), allow("allow-notifications-gateway", "egress",
                                        instances("year2-monolith", "monolith-postgres"), 5432)),
        expected="primary of Cluster monolith-postgres"),
    Case(id="role left behind", rule="analytics-reads-replica",
         change=lambda s: s.spec("Cluster", "monolith-postgres").update(managed={"roles": [
             {"name": "analytics_reader", "ensure": "present", "login": True}]}),
         expected="still has role analytics_reader"),
    Case(id="role made absent", rule="analytics-reads-replica",
         change=lambda s: s.spec("Cluster", "monolith-postgres").update(managed={"roles": [
             {"name": "analytics_reader", "ensure": "absent"}]})),
    Case(id="analytics inside", rule="analytics-reads-replica", year=1),
    # analytics-refresh-interval
    *(Case(id=f"schedule {schedule}", rule="analytics-refresh-interval", year=2,
           change=refresh(schedule), expected=expected)
      for schedule, expected in (
          ("*/5 * * * *", None), ("*/3 * * * *", None), ("* * * * *", None), ("0-59/5 * * * *", None),
          ("*/6 * * * *", "leaves 6 minutes"), ("*/7 * * * *", "leaves 7 minutes"), ("0 * * * *", "leaves 60 minutes"),
          ("0,5,10,15 * * * *", "leaves 45 minutes"), ("*/5 8-18 * * *", "not every few minutes of every hour"),
          ("*/5 * * * 1-5", "not every few minutes"), ("@hourly", "`@hourly`"), (UNKNOWN, "not known yet"),
      )),
    Case(id="suspended", rule="analytics-refresh-interval", year=2,
         change=lambda s: s.spec("CronJob", "analytics-refresh").update(suspend=True), expected="is suspended"),
    Case(id="no views", rule="analytics-refresh-interval", year=1),
    # analytics-views
    *(Case(id=statement, rule="analytics-views", year=2, change=sql(statement), expected=expected)
      for statement, expected in (
          ("GRANT SELECT ON analytics.project_progress TO monolith;", "monolith may use what is in schema analytics"),
          ("grant usage on schema analytics to analytics_reader, public;", "public may use"),
          ("GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO monolith;", "monolith may use"),
          ("ALTER DEFAULT PRIVILEGES IN SCHEMA analytics GRANT SELECT ON TABLES TO monolith;", "what will be in"),
          ("ALTER MATERIALIZED VIEW analytics.sprint_velocity OWNER TO monolith;", "monolith owns a view"),
          ("GRANT analytics_reader TO monolith;", "monolith is a member of a role of analytics"),
          ("CREATE MATERIALIZED VIEW public.progress AS SELECT 1;", "public.progress lies outside schema"),
          ("GRANT SELECT ON analytics.project_progress TO analytics_reader;", None),
          ("-- GRANT SELECT ON analytics.project_progress TO monolith;", None),
          ("INSERT INTO wanted_view VALUES\n  ('analytics', 'a', 'monolith', '{x}', 'SELECT ''a'', 1', 'd');",
           "view analytics.a is read by monolith"),
          ("INSERT INTO wanted_schema VALUES\n  ('analytics', 'monolith', 'analytics_reader');", "views of monolith"),
          ("INSERT INTO wanted_schema VALUES\n  ('analytics', 'analytics_refresh', 'analytics_reader');", None),
      )),
    Case(id="unknown SQL", rule="analytics-views", year=2, change=sql(UNKNOWN), expected="not known yet"),
    Case(id="a member by the operator", rule="analytics-views", year=2,
         change=lambda s: s.spec("Cluster", "monolith-postgres")["managed"]["roles"].append(
             {"name": "monolith_app", "inRoles": ["analytics_reader"]}),
         expected="monolith_app is a member of analytics_reader"),
    Case(id="no SQL", rule="analytics-views", year=1),
    # analytics-tuning
    *(Case(id=f"parameter {name}", rule="analytics-tuning",
           change=parameter(name), expected=expected, config=config)
      for name, expected, config in (
          ("work_mem", "sets work_mem", None), ("max_parallel_workers_per_gather", "favours a kind of query", None),
          ("jit", "sets jit", None), ("max_connections", None, None), ("log_min_duration_statement", None, None),
          ("random_page_cost", None, {"neutralParameters": ["random_page_cost"]}),
      )),
    Case(id="a library", rule="analytics-tuning", change=lambda s: s.spec("Cluster", "monolith-postgres").update(
        postgresql={"shared_preload_libraries": ["timescaledb"]}), expected="loads timescaledb"),
    *(Case(id=statement, rule="analytics-tuning", year=2, change=sql(statement), expected=expected)
      for statement, expected in (
          ("CREATE INDEX ON tasks (status, project_id);", "index of tasks, outside schema analytics"),
          ("CREATE UNIQUE INDEX CONCURRENTLY i ON public.tasks (id);", "index of public.tasks"),
          ("CREATE UNIQUE INDEX ON analytics.project_progress (project_id);", None),
          ("ALTER TABLE public.tasks ADD COLUMN project_name text;", "changed table of public.tasks"),
          ("CREATE STATISTICS s ON status, project_id FROM public.tasks;", "statistics of public.tasks"),
          ("ALTER SYSTEM SET work_mem = '1GB';", "sets work_mem for the whole server"),
          ("ALTER DATABASE pmt SET jit = on;", "sets jit for the whole server"),
      )),
    Case(id="analytics' own store", rule="analytics-tuning", change=lambda s: s.add(
        "ConfigMap", "own", namespace="year3-analytics", owner="analytics",
        data={"own.sql": "CREATE INDEX ON facts (day);"})),
    # auth-custom-provider
    Case(id="our own", rule="auth-custom-provider", change=image("auth-keycloak", "registry.example.com/pmt/auth:1"),
         expected="runs registry.example.com/pmt/auth, which is none of keycloak"),
    Case(id="the monolith's image", rule="auth-custom-provider",
         change=image("auth-keycloak", "registry.example.com/pmt/monolith:1.0.0"), expected="the monolith's own image"),
    Case(id="unknown image", rule="auth-custom-provider", change=image("auth-keycloak", UNKNOWN),
         expected="an image that is not known yet"),
    Case(id="a sidecar of ours", rule="auth-custom-provider", change=lambda s: s.spec(
        "Deployment", "auth-keycloak")["template"]["spec"]["containers"].append({"name": "x", "image": "pmt/login:1"}),
        expected="runs pmt/login"),
    Case(id="another product", rule="auth-custom-provider",
         change=image("auth-keycloak", "ghcr.io/zitadel/zitadel:v4")),
    Case(id="a product that was named", rule="auth-custom-provider", change=image("auth-keycloak", "x/authelia:4"),
         config={"products": ["authelia"]}),
    Case(id="auth inside", rule="auth-custom-provider", year=2),
    # auth-shared-secret
    Case(id="signing key read by AI", rule="auth-shared-secret", year=2, change=both(
        lambda s: s.add("Secret", "key", namespace="year2-ai", owner="monolith",
                        labels={"app.kubernetes.io/component": "signing-key"}, stringData={"private.pem": UNKNOWN}),
        env("Deployment", "ai-api", from_secret("KEY", "key", "private.pem"))),
        expected="ai-api (owner ai) → Secret key (owner monolith)"),
    Case(id="one secret twice", rule="auth-shared-secret", change=both(
        token_secret("ai", "same"), token_secret("analytics", "same")), expected="hold one and the same token secret"),
    Case(id="two secrets", rule="auth-shared-secret", change=both(
        token_secret("ai", "one"), token_secret("analytics", "another"))),
    Case(id="written out twice", rule="auth-shared-secret", change=both(
        env("Deployment", "ai-api", value("JWT_SECRET", "hunter2")),
        env("Deployment", "analytics-api", value("TOKEN_SECRET", "hunter2"))),
         expected="one and the same token secret"),
    Case(id="no public keys", rule="auth-shared-secret", change=lambda s: without_keys(s, "analytics-api"),
         expected="analytics answers public requests, and nothing of it knows where"),
    Case(id="the owner's own key", rule="auth-shared-secret", year=1),
    # auth-session-store
    Case(id="a cache of auth", rule="auth-session-store", change=lambda s: s.add(
        "StatefulSet", "auth-redis", namespace="year3-auth", owner="auth", spec={"template": {
            "metadata": {"labels": {"app": "r"}}, "spec": {"containers": [{"name": "r", "image": "redis:7"}]}}}),
        expected="StatefulSet auth-redis is a cache of auth"),
    Case(id="the monolith's Redis", rule="auth-session-store", change=env(
        "Deployment", "auth-keycloak", value("REDIS_URL", "redis://monolith-redis.year3-monolith:6379/0")),
        expected="the issuer keeps no session state in a cache"),
    Case(id="remote cache", rule="auth-session-store",
         change=env("Deployment", "auth-keycloak", value("KC_CACHE_REMOTE_HOST", "infinispan")),
         expected="keeps sessions outside (KC_CACHE_REMOTE_HOST)"),
    Case(id="introspection", rule="auth-session-store",
         change=env("Deployment", "ai-api", value("TOKEN_INTROSPECTION_URL", "http://x")), expected="asks the issuer"),
    Case(id="the monolith's own cache", rule="auth-session-store", year=1),
    # auth-profile-data
    Case(id="login attributes", rule="auth-profile-data",
         change=realm(VIEWS % '{"name": "username"}, {"name": "email"}')),
    Case(id="a name", rule="auth-profile-data", change=realm(VIEWS % '{"name": "firstName"}'),
         expected="attribute firstName belongs to a profile"),
    Case(id="an attribute that was allowed", rule="auth-profile-data", change=realm(VIEWS % '{"name": "locale"}'),
         config={"attributes": ["username", "email", "role", "locale"]}),
    Case(id="anything", rule="auth-profile-data",
         change=realm('{"realm": "pmt", "userProfile": {"unmanagedAttributePolicy": "ENABLED"}}'),
         expected="attributes that nothing names"),
    Case(id="users", rule="auth-profile-data",
         change=realm('{"realm": "p", "users": [{"username": "a"}], "userProfile": {}}'),
         expected="it holds users"),
    Case(id="federation", rule="auth-profile-data", change=realm(
        '{"realm": "p", "userProfile": {}, "components": {"org.keycloak.storage.UserStorageProvider": [{}]}}'),
        expected="it federates users"),
    Case(id="unknown realm", rule="auth-profile-data", change=realm(UNKNOWN), expected="a realm that is not known yet"),
    Case(id="the monolith's users", rule="auth-profile-data", change=both(
        realm(VIEWS % '{"name": "email"}'),
        env("Deployment", "auth-keycloak", value("USERS_URL", "postgres://u@monolith-postgres-ro.year3-monolith/pmt"))),
        expected="auth-keycloak uses Cluster monolith-postgres"),
    Case(id="a table of profiles", rule="auth-profile-data", change=both(realm(VIEWS % '{"name": "email"}'), sql(
        "INSERT INTO wanted_table VALUES\n  ('auth_backfill', 'user_credentials', false),\n"
        "  ('auth_backfill', 'users', false);")), expected="auth_backfill may read table users"),
    Case(id="auth in the monolith", rule="auth-profile-data", year=2),
    # notifications-event-driven
    Case(id="ingress from AI", rule="notifications-event-driven",
         change=allow("allow-notifications-api", "ingress", named("year3-ai", "ai-jobs"), 8000),
         expected="ai-jobs (owner ai) → NetworkPolicy allow-notifications-api → notifications-api"),
    Case(id="egress from the monolith", rule="notifications-event-driven",
         change=allow("allow-monolith-api", "egress", named("year3-notifications", "notifications-api"), 8000),
         expected="monolith-api (owner monolith)"),
    Case(id="ingress from anybody", rule="notifications-event-driven",
         change=allow("allow-notifications-api", "ingress", {"namespaceSelector": {}}, 8000), expected="owner"),
    Case(id="ingress without a peer", rule="notifications-event-driven",
         change=allow("allow-notifications-api", "ingress", None, 8000), expected="anybody in the cluster"),
    Case(id="address", rule="notifications-event-driven", change=env(
        "Deployment", "ai-jobs", value("NOTIFY", "http://notifications-api.year3-notifications.svc:8000/send")),
        expected="Deployment ai-jobs has the address of Deployment notifications-api (NOTIFY)"),
    Case(id="no broker", rule="notifications-event-driven", change=lambda s: without_broker(s),
         expected="nothing of notifications is connected to the broker"),
    Case(id="notifications inside", rule="notifications-event-driven", year=2,
         change=allow("allow-monolith-api", "egress", named("year2-monolith", "notifications-gateway"), 8001)),
    # notifications-own-store
    Case(id="no database", rule="notifications-own-store",
         change=lambda s: s.remove("Cluster", "notifications-postgres"),
         expected="without a database of its own"),
    Case(id="gateway on the monolith's Redis", rule="notifications-own-store", change=env(
        "Deployment", "notifications-websocket", value("PUBSUB_URL", "redis://p@monolith-redis.year3-monolith:6379/0")),
        expected="the gateway is part of the service now, and off the monolith's Redis"),
    Case(id="network to the monolith's Redis", rule="notifications-own-store",
         change=allow("allow-notifications-websocket", "egress", named("year3-monolith", "monolith-redis"), 6379),
         expected="StatefulSet monolith-redis (owner monolith)"),
    Case(id="the monolith's Postgres", rule="notifications-own-store", change=env(
        "Deployment", "notifications-api", value("DATABASE", "postgres://n@monolith-postgres-rw.year3-monolith/pmt")),
        expected="kept in the service's own database"),
    Case(id="the gateway of the monolith", rule="notifications-own-store", year=2),
    # independent-pipelines
    Case(id="triggers overlap", rule="independent-pipelines", change=workflow("ai", "services/ai/**", "services/**"),
         expected="are triggered by one change"),
    Case(id="no trigger", rule="independent-pipelines", change=workflow("ai", "paths:", "tags:"),
         expected="pipeline of ai: it has no path filter"),
    Case(id="one registry", rule="independent-pipelines",
         change=workflow("ai", "registry.example.com/pmt/ai", "registry.example.com/pmt/analytics"),
         expected="pipelines of ai and analytics push to one registry"),
    Case(id="one identity", rule="independent-pipelines",
         change=workflow("ai", "--username ai-deployer", "--username monolith-deployer"),
         expected="log in as one identity (monolith-deployer)"),
    Case(id="waits for another", rule="independent-pipelines",
         change=workflow("ai", "group: release-ai-", "group: release-monolith-"),
         expected="wait for each other"),
    Case(id="another's namespace", rule="independent-pipelines",
         change=workflow("ai", "--namespace year3-ai", "--namespace year3-monolith"),
         expected="it deploys to namespace"),
    Case(id="a shared stage", rule="independent-pipelines",
         change=workflow("ai", "jobs:\n", "jobs:\n  shared: {uses: pmt/shared/.github/workflows/release.yaml@main}\n"),
         expected="job shared is a workflow that others run too"),
    Case(id="Pulumi", rule="independent-pipelines", change=workflow("ai", "docker buildx", "pulumi up; docker buildx"),
         expected="it runs Pulumi"),
    Case(id="rights elsewhere", rule="independent-pipelines", change=lambda s: s.add(
        "RoleBinding", "more", namespace="year3-monolith", owner="monolith", roleRef={"kind": "Role", "name": "x"},
        subjects=[{"kind": "ServiceAccount", "name": "ai-deployer", "namespace": "year3-ai"}]),
        expected="deployer ai-deployer of ai has rights in namespace year3-monolith"),
    Case(id="none", rule="independent-pipelines", change=lambda s: s.remove("ConfigMap", "ai-workflow"),
         expected="ai runs, and has no pipeline of its own"),
    Case(id="unknown", rule="independent-pipelines", change=lambda s: s.at("ConfigMap", "ai-workflow")["data"].update(
        {"release.yaml": UNKNOWN}), expected="its workflow cannot be read"),
    Case(id="the monolith alone", rule="independent-pipelines", year=1),
    # undeclared-edge
    Case(id="a path", rule="undeclared-edge",
         change=allow("allow-ai-jobs", "egress", named("year3-monolith", "monolith-api"), 8000),
         expected="ai-jobs (owner ai) → NetworkPolicy allow-ai-jobs → monolith-api (owner monolith): a"),
    Case(id="a path from the other end", rule="undeclared-edge",
         change=allow("allow-analytics-api", "ingress", named("year3-ai", "ai-api"), 8000),
         expected="ai-api (owner ai)"),
    Case(id="an address", rule="undeclared-edge",
         change=env("Deployment", "ai-api", value("MONOLITH", "http://monolith-api.year3-monolith:8000")),
         expected="ai-api (owner ai) has the address of monolith-api (owner monolith) in MONOLITH"),
    Case(id="open to anybody", rule="undeclared-edge", change=allow("allow-ai-api", "ingress", None, 8000),
         expected="opens ai-api (owner ai) from anybody in the cluster"),
    Case(id="writes", rule="undeclared-edge",
         change=proxy("ai-reads-monolith", "method GET HEAD", "method GET HEAD POST"),
         expected="proxy ai-reads-monolith passes more than GET and HEAD"),
    Case(id="writes are only logged", rule="undeclared-edge",
         change=proxy("ai-reads-monolith", "http-request return status 405", "http-request set-log-level alert #"),
         expected="passes more than GET and HEAD"),
    Case(id="no timeout", rule="undeclared-edge",
         change=proxy("ai-reads-monolith", "timeout server", "# timeout server"),
         expected="waits without a timeout"),
    Case(id="no breaker", rule="undeclared-edge",
         change=proxy("ai-reads-monolith", "http-request return status 503", "# http-request return status 503"),
         expected="has no circuit breaker"),
    Case(id="another upstream", rule="undeclared-edge", change=proxy(
        "ai-reads-monolith", "upstream monolith-api.year3-monolith.", "upstream auth-keycloak.year3-auth."),
        expected="passes requests on to auth-keycloak.year3-auth"),
    Case(id="unknown configuration", rule="undeclared-edge", change=lambda s: s.at(
        "ConfigMap", "ai-reads-monolith-configuration")["data"].update({"haproxy.cfg": UNKNOWN}),
         expected="cannot be read"),
    Case(id="a proxy that nobody declared", rule="undeclared-edge", change=both(
        image("analytics-ingest", "haproxy:3"),
        allow("allow-analytics-ingest", "egress", named("year3-monolith", "monolith-api"), 8000)),
        expected="the catalog declares no edge analytics-ingest from analytics to monolith"),
    Case(id="one's own", rule="undeclared-edge",
         change=allow("allow-ai-api", "egress", named("year3-ai", "ai-jobs"), 1)),
    Case(id="no services", rule="undeclared-edge", year=1),
    # shared-library
    Case(id="no bill", rule="shared-library", config={"folder": "nowhere"}, expected="cannot be read"),
    Case(id="bill of another image", rule="shared-library",
         change=image("ai-api", "registry.example.com/pmt/ai-fork:1"),
         expected="and it runs registry.example.com/pmt/ai-fork"),
    Case(id="utility no longer allowed", rule="shared-library", config={"allowed": ["pmt-logging"]},
         expected="pmt-auth-validation is a library of ours"),
    Case(id="no services to judge", rule="shared-library", year=1, config={"folder": "nowhere"}),
]  # fmt: skip


def say(s: Stack, domain: str, phase: str) -> None:
    """The root says that a domain stands elsewhere."""
    s.placement(domain).update(phase=phase, weight=None, old_path=None)
    s.root["nextPhases"][domain] = phase


def drop_root(s: Stack) -> None:
    s.recorded = [item for item in s.recorded if not item.registered.token.endswith(":ExtractionRoadmap")]


def default_deny(s: Stack, namespace: str) -> dict[str, Any]:
    for item in s.recorded:
        found = item.registered
        if (
            found.kind == "NetworkPolicy"
            and found.object_name == "default-deny"
            and found.namespace == namespace
        ):
            spec: dict[str, Any] = item.inputs["spec"]
            return spec
    raise AssertionError(namespace)


def variable(s: Stack, kind: str, workload: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(v for v in s.container(kind, workload)["env"] if v["name"] == name)
    return found


def rewrite(s: Stack, kind: str, workload: str, name: str, old: str, new: str) -> None:
    found = variable(s, kind, workload, name)
    assert old in found["value"]
    found["value"] = found["value"].replace(old, new)


def move_reader(s: Stack) -> None:
    """A workload that logs in as nobody else."""
    gateway = s.container("Deployment", "notifications-gateway")
    gateway["env"] = [dict(variable(s, "Deployment", "monolith-api", "ANALYTICS_DATABASE_URL"))]


def without_keys(s: Stack, workload: str) -> None:
    source = s.container("Deployment", workload)["envFrom"][0]["configMapRef"]["name"]
    s.at("ConfigMap", source)["data"].pop("TRUSTED_JWKS_URLS")


def without_broker(s: Stack) -> None:
    container = s.container("Deployment", "notifications-worker")
    container["env"] = [item for item in container["env"] if not item["name"].startswith("EVENTS")]
    s.forget_sources("Deployment", "notifications-worker")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.id}")
def test_a_rule(case: Case) -> None:
    found = stack(case.year, **(case.extract or {}))
    if case.change is not None:
        case.change(found)
    messages = [answer.message for answer in said(case.rule, found, case.config)]
    if case.expected is None:
        assert messages == []
    else:
        assert any(case.expected in message for message in messages), messages


def test_every_rule_is_tried_both_ways() -> None:
    refused = {case.rule for case in CASES if case.expected is not None}
    silent = {case.rule for case in CASES if case.expected is None}
    ids = {rule.id for rule in RULES}
    assert refused == ids
    assert ids - silent <= {"registered-move"}  # silent at every year, see test_years


def test_every_rule_explains_itself() -> None:
    for rule in RULES:
        assert rule.cause.endswith(".")
        assert rule.explanation.endswith(".")
        assert rule.remedy.endswith(".")
        assert getattr(rule, "section", "")
        assert rule.level == "mandatory"
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_a_stack_of_somebody_else_is_none_of_this(rule: str) -> None:
    from ..stack import deployment, kube

    assert said(rule, [deployment("shop"), kube("Cluster", "pg", spec={}), kube("Namespace", "x")]) == []
