"""The catalog says what the roadmap says, and a new domain is a file."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from roadmap import Catalog, Refusal, judge_move, load_catalog, resolve
from roadmap.catalog_files import FOLDER
from roadmap.principles import load_principles
from roadmap.steps import steps_between
from roadmap.tables import show
from tests.roadmap.building import STATEMENT, billing_entry, configured, evidence, topology_of, with_drivers

PHASES = {
    "ai": ["interface", "worker", "service"],
    "analytics": ["module", "replica", "materialized-views", "service"],
    "auth": ["jwt", "oidc", "identity-service"],
    "notifications": ["events", "websocket-gateway", "service"],
    "projects": ["module", "service"],
    "tasks": ["module", "service"],
    "sprints": ["module", "service"],
}
YEARS = {
    1: {"ai": "interface", "analytics": "module", "auth": "jwt", "notifications": "events"},
    2: {
        "ai": "service",
        "analytics": "materialized-views",
        "auth": "oidc",
        "notifications": "websocket-gateway",
    },
    3: {"ai": "service", "analytics": "service", "auth": "identity-service", "notifications": "service"},
}


def test_phases_are_the_roadmaps(catalog: Catalog) -> None:
    assert {e.domain: [p.name for p in e.phases] for e in catalog.domains} == PHASES


def test_priorities_order_the_domains(catalog: Catalog) -> None:
    assert catalog.names[:4] == ("ai", "analytics", "auth", "notifications")
    assert [e.priority for e in catalog.domains] == [1, 2, 3, 4, None, None, None]


@pytest.mark.parametrize("year", [1, 2, 3])
def test_years_are_presets(catalog: Catalog, year: int) -> None:
    topology = topology_of(catalog, year=year, extract=with_drivers(catalog, {}))
    expected = {**dict.fromkeys(("projects", "sprints", "tasks"), "module"), **YEARS[year]}
    assert {p.domain: p.phase for p in topology.domains} == expected


@pytest.mark.parametrize(
    ("year", "domain", "phase"),
    [
        (2, "ai", "worker"),
        (3, "ai", "worker"),
        (3, "auth", "oidc"),
        (3, "notifications", "websocket-gateway"),
    ],
)
def test_a_preset_without_its_driver_stays_a_phase_earlier_and_says_so(
    catalog: Catalog, year: int, domain: str, phase: str
) -> None:
    topology = topology_of(catalog, year=year)
    placement = next(p for p in topology.domains if p.domain == domain)
    assert placement.phase == phase
    assert placement.remark is not None
    assert catalog.domain(domain).drivers[0].id in placement.remark
    assert placement.remark in show(topology)


def test_analytics_needs_no_driver(catalog: Catalog) -> None:
    assert catalog.domain("analytics").drivers == ()
    topology = topology_of(catalog, year=3)
    assert next(p for p in topology.domains if p.domain == "analytics").phase == "service"


def test_a_flag_overrides_the_preset(catalog: Catalog) -> None:
    topology = topology_of(catalog, year=3, extract={"analytics": {"phase": "replica"}})
    assert next(p for p in topology.domains if p.domain == "analytics").phase == "replica"


def test_nothing_but_the_last_phase_has_a_service(catalog: Catalog) -> None:
    for entry in catalog.domains:
        for phase in entry.phases:
            assert (phase.service is not None) == (phase is entry.last)
            assert phase.made_of


def test_every_anti_pattern_and_principle_says_what_keeps_it(catalog: Catalog) -> None:
    principles = load_principles()
    assert len(principles.principles) == 5
    assert len(principles.anti_patterns) == 6
    assert [len(catalog.domain(name).anti_patterns) for name in ("ai", "analytics", "auth")] == [3, 3, 3]
    kept = [item.kept_by for entry in catalog.domains for item in entry.anti_patterns]
    kept += [item.kept_by for item in (*principles.principles, *principles.anti_patterns)]
    assert all(len(sentence.split()) > 5 for sentence in kept)


class TestPhases:
    """What each phase is made of, as DESIGN lists it."""

    def test_the_ai_worker_runs_on_its_queue_and_scales_by_its_depth(self, catalog: Catalog) -> None:
        topology = topology_of(catalog, extract={"ai": {"phase": "worker"}})
        worker = next(w for w in topology.services[0].workloads if w.name == "ai-worker")
        assert worker.scaling.queue == "ai"
        assert worker.command[worker.command.index("--queues") + 1] == "ai"
        held = {
            w.name for w in topology.services[0].workloads if "LLM_API_KEY" in {s.name for s in w.secrets}
        }
        assert held == {"ai-worker"}

    def test_queue_user_registry_and_pipeline_stand_one_phase_before(self, catalog: Catalog) -> None:
        topology = topology_of(catalog, extract={"ai": {"phase": "worker"}})
        assert [(q.name, q.bindings) for q in topology.broker.queues if q.owner == "ai"] == [
            ("ai.events", ())
        ]
        assert "ai" in {user.name for user in topology.broker.users}
        (pipeline,) = (p for p in topology.pipelines if p.owner == "ai")
        assert pipeline.registry == "registry.example.com/pmt/ai"
        assert pipeline.namespace in {n.name for n in topology.namespaces}
        assert not [s for s in topology.services if s.owner == "ai"]

    def test_the_ai_service_has_no_way_to_the_monoliths_postgres(self, catalog: Catalog) -> None:
        topology = topology_of(catalog, extract=with_drivers(catalog, {"ai": "service"}))
        ends = [
            dict(path.target.labels)
            for path in topology.network
            if path.source.namespace == "year1-ai" and path.target.namespace == "year1-monolith"
        ]
        assert [end.get("app.kubernetes.io/name") for end in ends] == ["monolith-api", "monolith-api"]
        assert {e.name for e in topology.edges} == {"ai-reads-monolith", "ai-reads-monolith-keys"}
        assert {r.path_prefix for r in topology.routes if r.owner == "ai"} == {"/api/v1/ai", "/ws/ai"}

    def test_the_replica_is_reached_by_its_label_alone(self, catalog: Catalog) -> None:
        topology = topology_of(catalog, extract={"analytics": {"phase": "replica"}})
        api = topology.services[0].workloads[0]
        (use,) = (use for use in api.stores if use.variable == "ANALYTICS_DATABASE_URL")
        assert (use.user, use.endpoint) == ("analytics_reader", "replica")
        assert "analytics_reader" in {user.name for user in topology.stores[0].users}

    def test_views_are_refreshed_every_five_minutes_by_their_owner(self, catalog: Catalog) -> None:
        topology = topology_of(catalog, extract={"analytics": {"phase": "materialized-views"}})
        refresh = next(w for w in topology.services[0].workloads if w.name == "analytics-refresh")
        assert refresh.schedule == "*/5 * * * *"
        assert [use.user for use in refresh.stores] == ["analytics_refresh"]
        assert {(v.owner, v.reader) for v in topology.views} == {("analytics_refresh", "analytics_reader")}
        assert all(v.unique_columns for v in topology.views)

    def test_the_analytics_service_retires_credential_and_views(self, catalog: Catalog) -> None:
        topology = topology_of(catalog, extract={"analytics": {"phase": "service"}})
        assert [user.name for user in topology.stores[0].users] == ["monolith"]
        assert topology.views == ()
        assert {s.kind.value for s in topology.stores if s.owner == "analytics"} == {"clickhouse"}
        for workload in topology.services[1].workloads:
            assert {use.store for use in workload.stores} == {"analytics-clickhouse"}

    def test_the_identity_service_takes_the_signing_key_only_once_the_old_issuer_is_retired(
        self, catalog: Catalog
    ) -> None:
        flags = {"old_path": "kept", "backfilled": "forward"}
        both = topology_of(catalog, extract=with_drivers(catalog, {"auth": "identity-service"}, auth=flags))
        alone = topology_of(catalog, extract=with_drivers(catalog, {"auth": "identity-service"}))
        signers = [[w.name for s in t.services for w in s.workloads if w.signs_tokens] for t in (both, alone)]
        assert signers == [["monolith-api", "auth-keycloak"], ["auth-keycloak"]]
        assert [[i.owner for i in t.issuers] for t in (both, alone)] == [["auth", "monolith"], ["auth"]]
        settings = {s.name: s.value for s in alone.services[0].workloads[0].settings}
        assert settings["TRUSTED_JWKS_URLS"].startswith("http://monolith-reads-auth-keys.")
        assert not [r for r in alone.routes if r.cohort]
        (peers,) = (path for path in alone.network if path.purpose == "pods of auth-keycloak form a cluster")
        assert (peers.ports, peers.source) == ((7800, 57800), peers.target)

    def test_an_external_issuer_brings_no_workload_and_no_store(self, catalog: Catalog) -> None:
        external = {"llm_url": "https://llm.example.com", "smtp_host": "smtp.example.com"}
        external["identity_issuer"] = "https://login.example.com"
        section = with_drivers(catalog, {"auth": "identity-service"})
        topology = topology_of(catalog, external=external, extract=section)
        assert [i.issuer for i in topology.issuers] == ["https://login.example.com"]
        assert not [n for n in topology.namespaces if n.owner == "auth"]
        readers = {
            dict(path.source.labels)["app.kubernetes.io/name"]
            for path in topology.network
            if "public keys" in path.purpose
        }
        assert readers == {"monolith-api", "monolith-worker"}

    def test_an_external_issuers_keys_may_lie_elsewhere(self, catalog: Catalog) -> None:
        external = {"llm_url": "https://llm.example.com", "smtp_host": "smtp.example.com"}
        external |= {"identity_issuer": "https://login.example.com"}
        section = with_drivers(catalog, {"auth": "identity-service"})
        found = []
        for keys in ({}, {"identity_jwks_url": "https://login.example.com/oauth/v2/keys"}):
            topology = topology_of(catalog, external=external | keys, extract=section)
            found.append(topology.issuers[0].jwks_url)
        assert found == [
            "https://login.example.com/.well-known/jwks.json",
            "https://login.example.com/oauth/v2/keys",
        ]

    def test_one_side_effect_has_one_deliverer_at_every_weight(self, catalog: Catalog) -> None:
        for weight, email in ((0, "monolith-worker"), (99, "monolith-worker"), (100, "notifications-worker")):
            flags = {"weight": weight, "old_path": "kept"}
            section = with_drivers(catalog, {"notifications": "service"}, notifications=flags)
            topology = topology_of(catalog, extract=section)
            assert {s.name: s.workload for s in topology.side_effects}["email"] == email
            acting = [
                w.name
                for s in topology.services
                for w in s.workloads
                if "email" in {x.name: x.value for x in w.settings}.get("DELIVERS", "").split(",")
            ]
            assert acting == [email]

    def test_weights_share_a_path_between_old_and_new(self, catalog: Catalog) -> None:
        flags = {"weight": 30, "old_path": "kept"}
        section = with_drivers(catalog, {"notifications": "service"}, notifications=flags)
        routes = {r.path_prefix: r for r in topology_of(catalog, extract=section).routes}
        backends = {
            path: [(b.service, b.weight) for b in routes[path].backends]
            for path in ("/api/v1/notifications", "/ws/notifications")
        }
        assert backends == {
            "/api/v1/notifications": [("monolith-api", 70), ("notifications-api", 30)],
            "/ws/notifications": [("notifications-gateway", 70), ("notifications-websocket", 30)],
        }
        assert routes["/api/v1/notifications"].cohort == "x-pmt-cohort"

    def test_a_stateless_domain_needs_no_cohort(self, catalog: Catalog) -> None:
        topology = topology_of(catalog, extract={"analytics": {"phase": "service", "weight": 30}})
        assert {r.cohort for r in topology.routes} == {None}

    def test_the_notification_service_leaves_the_monoliths_redis_alone(self, catalog: Catalog) -> None:
        topology = topology_of(catalog, extract=with_drivers(catalog, {"notifications": "service"}))
        service = next(s for s in topology.services if s.owner == "notifications")
        assert {use.store for w in service.workloads for use in w.stores} == {"notifications-postgres"}
        assert "gateway" in {w.role.value for w in service.workloads}

    def test_core_domains_are_prepared_once_their_driver_is_stated(self, catalog: Catalog) -> None:
        drivers = {"drivers": {"team_size_and_deploy_conflicts": STATEMENT}}
        before, after = topology_of(catalog), topology_of(catalog, extract={"projects": drivers})
        assert "projects" not in {p.owner for p in before.pipelines}
        assert "projects" in {p.owner for p in after.pipelines}


@pytest.mark.parametrize("direction", ["forward", "reverse"])
def test_only_an_exemption_opens_the_link_between_two_databases(catalog: Catalog, direction: str) -> None:
    exemption = {"direction": direction, "owner": "Ada", "reason": "tables move", "expires": "2026-12-01"}
    flags: dict[str, Any] = {"weight": 0, "old_path": "kept"}
    if direction == "reverse":
        flags["backfilled"] = "forward"
    section = with_drivers(catalog, {"notifications": "service"}, notifications=flags)
    opened = with_drivers(
        catalog, {"notifications": "service"}, notifications=flags | {"backfill": exemption}
    )
    closed_paths = set(topology_of(catalog, extract=section).network)
    topology = topology_of(catalog, extract=opened)
    added = set(topology.network) - closed_paths
    assert {dict(path.source.labels)["app.kubernetes.io/name"] for path in added} == {
        "notifications-backfill"
    }
    assert {dict(path.target.labels)["cnpg.io/cluster"] for path in added} == {
        "monolith-postgres",
        "notifications-postgres",
    }
    assert [(e.domain, e.direction, e.owner) for e in topology.exemptions] == [
        ("notifications", direction, "Ada")
    ]


@pytest.fixture
def with_billing(tmp_path: Path) -> Catalog:
    for path in FOLDER.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "billing.yaml").write_text(yaml.safe_dump(billing_entry()))
    return load_catalog(tmp_path)


class TestNewDomain:
    """A new domain is a file: it resolves, waits for its evidence, and is walked to like any other."""

    def test_it_takes_its_place_by_priority(self, with_billing: Catalog) -> None:
        assert with_billing.names == (
            "ai",
            "analytics",
            "auth",
            "notifications",
            "billing",
            "projects",
            "sprints",
            "tasks",
        )

    def test_it_becomes_a_service_with_all_that_is_its_own(self, with_billing: Catalog) -> None:
        images = configured().images | {"billing": "registry.example.com/pmt/billing:1.0.0"}
        section = with_drivers(with_billing, {"billing": "service"})
        topology = resolve(configured(extract=section, images=images), with_billing)
        service = next(s for s in topology.services if s.owner == "billing")
        assert service.image == "registry.example.com/pmt/billing:1.0.0"
        assert {s.name for s in topology.stores if s.owner == "billing"} == {"billing-postgres"}
        assert [q.bindings for q in topology.broker.queues if q.owner == "billing"] == [("project.created",)]
        assert {r.path_prefix for r in topology.routes if r.owner == "billing"} == {"/api/v1/billing"}
        assert {p.registry for p in topology.pipelines if p.owner == "billing"} == {
            "registry.example.com/pmt/billing"
        }
        assert {e.name for e in topology.edges} == {"billing-reads-monolith-keys"}

    def test_it_waits_for_its_evidence(self, with_billing: Catalog, tmp_path: Path) -> None:
        images = configured().images | {"billing": "registry.example.com/pmt/billing:1.0.0"}
        config = configured(extract=with_drivers(with_billing, {"billing": "service"}), images=images)
        with pytest.raises(Refusal, match="invoices-by-event: Invoices are created by events"):
            judge_move(None, resolve(config, with_billing), config, with_billing)
        folder = tmp_path / "readiness"
        folder.mkdir()
        content = evidence(with_billing.domain("billing"), load_principles().readiness)
        (folder / "billing.yaml").write_text(yaml.safe_dump(content))
        ready = configured(
            extract=with_drivers(with_billing, {"billing": "service"}), readiness=str(folder), images=images
        )
        assert judge_move(None, resolve(ready, with_billing), ready, with_billing).verdicts == {
            "billing": "ready"
        }

    def test_it_is_walked_to_and_back(self, with_billing: Catalog) -> None:
        images = configured().images | {"billing": "registry.example.com/pmt/billing:1.0.0"}
        start = resolve(configured(images=images), with_billing)
        section = with_drivers(with_billing, {"billing": "service"})
        section = {"billing": section["billing"]}
        end = resolve(configured(extract=section, images=images), with_billing)
        assert len(steps_between(with_billing, start.domains, end.domains)) == 8
        assert len(steps_between(with_billing, end.domains, start.domains)) == 5


def test_a_requirement_that_nothing_provides_is_refused_with_what_to_do_first(tmp_path: Path) -> None:
    for path in FOLDER.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text())
    content = billing_entry()
    content["phases"][1]["requires"] += ["websocket-gateway"]
    (tmp_path / "billing.yaml").write_text(yaml.safe_dump(content))
    catalog = load_catalog(tmp_path)
    with pytest.raises(Refusal, match="it requires `websocket-gateway`") as caught:
        resolve(configured(extract=with_drivers(catalog, {"billing": "service"})), catalog)
    assert "bring `notifications` to `websocket-gateway` first" in str(caught.value)


@pytest.mark.parametrize("priority", [1, 5], ids=["before notifications", "after notifications"])
def test_an_order_that_a_requirement_demands_is_found(tmp_path: Path, priority: int) -> None:
    """Billing waits for the gateway on the way out, and the gateway for billing on the way back."""
    for path in FOLDER.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text())
    content = billing_entry() | {"priority": priority}
    content["phases"][1]["requires"] += ["websocket-gateway"]
    (tmp_path / "billing.yaml").write_text(yaml.safe_dump(content))
    catalog = load_catalog(tmp_path)
    images = configured().images | {"billing": "registry.example.com/pmt/billing:1.0.0"}
    phases = {"billing": "service", "notifications": "websocket-gateway"}
    section = {name: flags for name, flags in with_drivers(catalog, phases).items() if name in phases}
    start, end = (
        resolve(configured(images=images), catalog),
        resolve(configured(extract=section, images=images), catalog),
    )
    order = [step.change.words for step in steps_between(catalog, start.domains, end.domains)]
    gateway = order.index("notifications: `events` → `websocket-gateway`")
    assert gateway < order.index("billing: `module` → `service`, at weight 0 beside the old path")
    back = [step.change.words for step in steps_between(catalog, end.domains, start.domains)]
    assert back.index("notifications: `websocket-gateway` → `events`") > back.index(
        "billing: `service` → `module`, its stores are parked"
    )
