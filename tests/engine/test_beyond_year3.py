"""Live: a fifth domain that is nothing but a file, and the core domains as services, as after year 3."""

from typing import Any

import yaml

from roadmap.catalog_files import load_catalog
from roadmap.principles import load_principles
from tests.engine.conftest import Project
from tests.roadmap.building import billing_entry, evidence

STACK = "beyond"
CORE = ("projects", "tasks", "sprints")
STATED = {"by": "Ada Example", "date": "2026-09-14"}


def prepare(project: Project) -> None:
    """What a team would add to the project: a catalog entry, evidence, and a stack that says where it all stands."""
    (project.root / "roadmap" / "catalog" / "billing.yaml").write_text(yaml.safe_dump(billing_entry()))
    catalog = load_catalog(project.root / "roadmap" / "catalog")
    folder = project.root / "stacks" / "readiness" / STACK
    folder.mkdir(parents=True)
    domains = [catalog.domain(name) for name in (*CORE, "billing")]
    for entry in domains:
        text = yaml.safe_dump(evidence(entry, load_principles().readiness))
        (folder / f"{entry.domain}.yaml").write_text(text)
    bills = project.root / "stacks" / "sboms" / "embedded"
    for entry in domains:
        bill = (bills / "ai.cdx.json").read_text().replace("pmt/ai", f"pmt/{entry.domain}")
        (bills / f"{entry.domain}.cdx.json").write_text(bill)
    config: dict[str, Any] = yaml.safe_load((project.root / "stacks" / "Pulumi.year1.yaml").read_text())[
        "config"
    ]
    config["service-extraction:namespace_prefix"] = STACK
    config["service-extraction:readiness"] = f"readiness/{STACK}"
    config["service-extraction:public"]["host"] = f"{STACK}.localhost"
    config["service-extraction:images"] |= {
        entry.domain: f"registry.example.com/pmt/{entry.domain}:1.0.0" for entry in domains
    }
    config["service-extraction:extract"] = {
        entry.domain: {"phase": "service", "drivers": {driver.id: STATED for driver in entry.drivers}}
        for entry in domains
    }
    file = project.root / "stacks" / f"Pulumi.{STACK}.yaml"
    file.write_text(yaml.safe_dump({"config": config}, sort_keys=False))


def test_the_core_domains_and_a_domain_added_by_data_alone_come_up(project: Project) -> None:
    prepare(project)
    try:
        up = project.make("up", STACK=STACK).must_succeed()
        for domain in (*CORE, "billing"):
            namespace = f"{STACK}-{domain}"
            ready = {
                item["metadata"]["name"]: item["status"].get("readyReplicas")
                for item in project.get(f"deployments -n {namespace}")["items"]
            }
            assert {f"{domain}-api", f"{domain}-consumer"} <= set(ready)
            assert all(ready.values()), up.text
            (cluster,) = project.get(f"cluster.postgresql.cnpg.io -n {namespace}")["items"]
            assert cluster["metadata"]["name"] == f"{domain}-postgres"
        routes = {item["metadata"]["name"] for item in project.get(f"httproute -n {STACK}-edge")["items"]}
        assert {*CORE, "billing"} <= routes
    finally:
        project.make("down", STACK=STACK, YES="1").must_succeed()
        (project.root / "roadmap" / "catalog" / "billing.yaml").unlink()
