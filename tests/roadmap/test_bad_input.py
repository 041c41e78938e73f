"""Bad stack files, evidence files and catalogs: one refusal each, with file, key, value and fix."""
# ruff: noqa: E501 - a table is read a row a line

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from roadmap import (
    Catalog,
    Refusal,
    check_buildable,
    decide,
    load_catalog,
    load_stack_file,
    resolve,
)
from roadmap.catalog_files import FOLDER
from roadmap.evidence import load_evidence
from roadmap.principles import load_principles
from roadmap.yaml_files import read_yaml
from tests.roadmap.building import FILE, STACKS, STATEMENT, TODAY, configured, evidence, values

Row = tuple[str, Any, str, object, str, str]
"""Case, change, key, value, reason, fix."""
SERVICE = {"phase": "service", "drivers": {"llm_compute_needs_dedicated_scaling": STATEMENT}}
LIVE = {"phase": "service", "drivers": {"real_time_requirements": STATEMENT}}
OPEN = {"owner": "Ada", "reason": "tables move", "expires": "2026-12-01"}
DIGEST = "registry.example.com/pmt/monolith@sha256:" + "0" * 64


def section(name: str, **changes: object) -> dict[str, Any]:
    """A section of the stack file with parts replaced, or left out where the replacement is None."""
    merged = values()[name] | changes
    return {name: {key: value for key, value in merged.items() if value is not None}}


STACK: list[Row] = [
    ("unknown key", {"yaer": 1}, "yaer", None, "this key is not known", "did you mean `year`?"),
    ("unknown key that resembles nothing", {"zzz": 1}, "zzz", None, "not known", "use one of year, platform"),
    ("unknown nested key", section("cluster", contxt="x"), "cluster.contxt", None, "not known", "did you mean `context`?"),
    ("unknown flag", {"extract": {"ai": {"wieght": 3}}}, "extract.ai.wieght", None, "not known", "did you mean `weight`?"),
    ("reserved key", {"stack": "x"}, "stack", None, "not known", "remove it"),
    ("missing year", {"year": None}, "year", None, "is missing", "service-extraction:year: 1"),
    ("missing environment", {"environment": None}, "environment", None, "is missing", "service-extraction:environment: dev"),
    ("missing context", section("cluster", context=None), "cluster.context", None, "is missing", "context: pmt-dev"),
    ("missing api server", {"api_server": None}, "api_server", None, "is missing", "port: 6443"),
    ("missing monolith image", section("images", monolith=None), "images.monolith", None, "is missing",
     "monolith: registry.example.com/pmt/monolith:1.0.0"),
    ("missing broker image", section("images", rabbitmq=None), "images.rabbitmq", None, "the broker runs on it", "rabbitmq: "),
    ("missing image of a service", {**section("images", ai=None), "extract": {"ai": SERVICE}}, "images.ai", None,
     "ai stands at `service`", "ai: registry.example.com/pmt/ai:1.0.0"),
    ("missing edge proxy", {**section("images", edge_proxy=None), "extract": {"ai": SERVICE}}, "images.edge_proxy", None,
     "runs on it", "edge_proxy: docker.io/library/haproxy"),
    ("year out of range", {"year": 4}, "year", 4, "none of the allowed values", "use one of 1, 2, 3"),
    ("year as a word", {"year": "one"}, "year", "one", "none of the allowed values", "use one of 1, 2, 3"),
    ("year as a boolean", {"year": True}, "year", True, "must be a whole number", "service-extraction:year: 1"),
    ("unknown platform", {"platform": "gcp"}, "platform", "gcp", "none of the allowed values", "kubernetes, aws"),
    ("unknown environment", {"environment": "prod"}, "environment", "prod", "none of the allowed values",
     "use one of embedded, dev, staging, production"),
    ("list for a section", {"cluster": ["a"]}, "cluster", ["a"], "must be", "context: pmt-dev"),
    ("text for a section", {"public": "pmt.example.com"}, "public", "pmt.example.com", "must be", "gateway_class: envoy"),
    ("broken JSON", {"images": '{"monolith": '}, "images", '{"monolith": ', "looks like JSON", "pulumi config set --path"),
    ("prefix with capitals", {"namespace_prefix": "Dev"}, "namespace_prefix", "Dev", "must be a DNS label", "namespace_prefix: dev"),
    ("prefix too long", {"namespace_prefix": "a" * 41}, "namespace_prefix", "a" * 41, "at most 40 characters", "namespace_prefix"),
    ("host with a scheme", section("public", host="https://pmt.example.com"), "public.host", "https://pmt.example.com",
     "must be a host name", "host: pmt.example.com"),
    ("data plane without labels", section("public", data_plane={"namespace": "gateway", "labels": {}}),
     "public.data_plane.labels", {}, "at least 1 item", "labels"),
    ("port out of range", section("api_server", port=70000), "api_server.port", 70000, "less than or equal to 65535", "port: 6443"),
    ("address that is none", section("api_server", cidr="10.0.0.300/32"), "api_server.cidr", "10.0.0.300/32", "CIDR", "cidr: 10.0.0.10/32"),
    ("address range with host bits", section("api_server", cidr="10.0.0.1/8"), "api_server.cidr", "10.0.0.1/8", "host bits", "cidr"),
    ("image without tag or digest", section("images", monolith="registry.example.com/pmt/monolith"), "images.monolith",
     "registry.example.com/pmt/monolith", "neither tag nor digest", ":1.4.2"),
    ("image of a registry with a port and no tag", section("images", redis="localhost:5000/redis"), "images.redis",
     "localhost:5000/redis", "neither tag nor digest", ":1.4.2"),
    ("image that moves", section("images", redis="docker.io/library/redis:latest"), "images.redis",
     "docker.io/library/redis:latest", "moves under your feet", "instead of `latest`"),
    ("image that is none", section("images", redis="docker.io/Redis 7"), "images.redis", "docker.io/Redis 7",
     "not an image reference", "repository:tag"),
    ("image with a short digest", section("images", redis="redis@sha256:abc"), "images.redis", "redis@sha256:abc",
     "not an image reference", "@sha256:"),
    ("image nothing uses", section("images", mongodb="mongo:7"), "images.mongodb", None, "nothing in the catalog uses it", "use one of"),
    ("size of a store that is none", {"sizes": {"monolith-postgress": 10}}, "sizes.monolith-postgress", None,
     "nothing in the catalog uses it", "did you mean `monolith-postgres`?"),
    ("size of nothing", {"sizes": {"monolith-redis": 0}}, "sizes.monolith-redis", 0, "greater than or equal to 1", "monolith-redis"),
    ("size with a unit", {"sizes": {"monolith-redis": "10Gi"}}, "sizes.monolith-redis", "10Gi", "must be a valid integer", "monolith-redis"),
    ("LLM over plain HTTP", section("external", llm_url="http://llm.example.com"), "external.llm_url", "http://llm.example.com",
     "must be an HTTPS URL", "llm_url: https://llm.example.com/v1"),
    ("issuer that is no HTTPS URL", section("external", identity_issuer="login.example.com"), "external.identity_issuer",
     "login.example.com", "must be an HTTPS URL", "identity_issuer: https://login.example.com"),
    ("cluster of the wrong kind", section("cluster", embedded=False), "cluster.embedded", False, "the environment is `embedded`", "embedded: true"),
    ("embedded cluster for dev", {"environment": "dev", "as_of": None}, "cluster.embedded", True, "`embedded` only", "embedded: false"),
    ("pinned day outside embedded", {"environment": "dev", **section("cluster", embedded=False)}, "as_of", "2026-11-01",
     "old evidence must stay old", "remove it"),
    ("no certificate in production", {"environment": "production", "as_of": None, **section("cluster", embedded=False)},
     "public.tls_secret", None, "over TLS only", "tls_secret: pmt-certificate"),
    ("tags in staging", {"environment": "staging", "as_of": None, **section("cluster", embedded=False),
     **section("public", tls_secret="pmt")}, "images.monolith", "registry.example.com/pmt/monolith:1.0.0", "pinned by digest", "@sha256:..."),
    ("month that is none", {"as_of": "2026-13-01"}, "as_of", "2026-13-01", "valid date", "as_of: '2026-11-01'"),
    ("day that is none", {"as_of": "2026-02-30"}, "as_of", "2026-02-30", "valid date", "as_of: '2026-11-01'"),
    ("day as a number", {"as_of": 0}, "as_of", 0, "valid date", "as_of: '2026-11-01'"),
    ("unknown domain", {"extract": {"billing": {}}}, "extract.billing", None, "no such domain", "use one of ai, analytics"),
    ("misspelt domain", {"extract": {"analitics": {}}}, "extract.analitics", None, "no such domain", "did you mean `analytics`?"),
    ("unknown phase", {"extract": {"ai": {"phase": "servce"}}}, "extract.ai.phase", "servce", "no such phase",
     "write one of interface, worker, service:"),
    ("phase of another domain", {"extract": {"auth": {"phase": "worker"}}}, "extract.auth.phase", "worker", "no such phase",
     "jwt, oidc, identity-service"),
    ("last phase without its driver", {"extract": {"ai": {"phase": "service"}}}, "extract.ai.phase", "service",
     "nobody has stated that", "llm_compute_needs_dedicated_scaling:"),
    ("driver of another domain", {"extract": {"ai": {"drivers": {"multi_product_or_sso": STATEMENT}}}},
     "extract.ai.drivers.multi_product_or_sso", None, "no such driver", "llm_compute_needs_dedicated_scaling"),
    ("driver where none is needed", {"extract": {"analytics": {"drivers": {"boredom": STATEMENT}}}},
     "extract.analytics.drivers.boredom", None, "no such driver", "analytics needs no driver"),
    ("driver stated by nobody", {"extract": {"ai": {"drivers": {"llm_compute_needs_dedicated_scaling": {"date": "2026-09-14"}}}}},
     "extract.ai.drivers.llm_compute_needs_dedicated_scaling.by", None, "is missing", "by: Ada Example"),
    ("driver without a date", {"extract": {"ai": {"drivers": {"llm_compute_needs_dedicated_scaling": {"by": "Ada"}}}}},
     "extract.ai.drivers.llm_compute_needs_dedicated_scaling.date", None, "is missing", "date: '2026-10-01'"),
    ("weight above 100", {"extract": {"ai": {**SERVICE, "weight": 101}}}, "extract.ai.weight", 101, "less than or equal to 100", "weight: 10"),
    ("weight below 0", {"extract": {"ai": {**SERVICE, "weight": -1}}}, "extract.ai.weight", -1, "greater than or equal to 0", "weight"),
    ("weight as a fraction", {"extract": {"ai": {**SERVICE, "weight": 0.5}}}, "extract.ai.weight", 0.5, "valid integer", "weight"),
    ("weight as a boolean", {"extract": {"ai": {**SERVICE, "weight": True}}}, "extract.ai.weight", True, "whole number", "weight"),
    ("weight before the service", {"extract": {"ai": {"phase": "worker", "weight": 10}}}, "extract.ai.weight", 10,
     "only a service has it", "remove service-extraction:extract.ai.weight"),
    ("weight of auth", {"extract": {"auth": {"phase": "identity-service", "weight": 10, "drivers": {"multi_product_or_sso": STATEMENT}}}},
     "extract.auth.weight", 10, "never weighted", "old_path: kept"),
    ("old path before the service", {"extract": {"ai": {"old_path": "kept"}}}, "extract.ai.old_path", "kept", "only a service", "remove"),
    ("old path retired too early", {"extract": {"ai": {**SERVICE, "weight": 40, "old_path": "retired"}}}, "extract.ai.old_path",
     "retired", "60 % do not", "old_path: kept"),
    ("old path in a third state", {"extract": {"ai": {**SERVICE, "old_path": "gone"}}}, "extract.ai.old_path", "gone",
     "none of the allowed values", "use one of kept, retired"),
    ("service that is parked", {"extract": {"ai": {**SERVICE, "parked": True}}}, "extract.ai.parked", True, "turned back", "remove"),
    ("parked, perhaps", {"extract": {"ai": {"parked": "perhaps"}}}, "extract.ai.parked", "perhaps", "must be true or false", "parked: true"),
    ("embedded, yes", section("cluster", embedded="yes"), "cluster.embedded", "yes", "must be true or false", "embedded: true"),
    ("embedded as a number", section("cluster", embedded=1), "cluster.embedded", 1, "must be true or false", "embedded: true"),
    ("text for the extractions", {"extract": "ai"}, "extract", "ai", "must be a mapping", "extract:\n        ai: {}"),
    ("list for the extractions", {"extract": ["ai"]}, "extract", ["ai"], "must be a mapping", "extract: {}"),
    ("phase in a domain's place", {"extract": {"ai": "service"}}, "extract.ai", "service", "must be a mapping", "ai:\n          phase: service"),
    ("text for a data move", {"extract": {"ai": {"backfill": "forward"}}}, "extract.ai.backfill", "forward", "must be a mapping",
     "direction: forward"),
    ("text for a driver", {"extract": {"ai": {"drivers": {"llm_compute_needs_dedicated_scaling": "yes"}}}},
     "extract.ai.drivers.llm_compute_needs_dedicated_scaling", "yes", "must be a mapping", "by: Ada Example"),
    ("a path that is one key", {"extract.ai.phase": "worker"}, "extract.ai.phase", "worker", "one key with dots in it",
     "service-extraction:extract:\n        ai:\n          phase: worker"),
    ("JSON nested too deeply", {"images": "[" * 3000}, "images", None, "nested too deeply", "pulumi config set --path"),
    ("JSON nested a bit too deeply", {"images": "[" * 60 + "]" * 60}, "images", None, "nested too deeply", "pulumi config set --path"),
    ("discard without being parked", {"extract": {"ai": {"discard": ["ai-postgres"]}}}, "extract.ai.discard", ["ai-postgres"],
     "is not parked", "remove"),
    ("discard of the wrong store", {"extract": {"ai": {"parked": True, "discard": "monolith-postgres"}}}, "extract.ai.discard",
     ["monolith-postgres"], "these are ai-postgres", "- ai-postgres"),
    ("backfill of a domain without tables", {"extract": {"ai": {**SERVICE, "weight": 0, "backfill": {"direction": "forward", **OPEN}}}},
     "extract.ai.backfill", None, "no table moves", "remove"),
    ("backfill while requests are answered", {"extract": {"notifications": {**LIVE, "weight": 5,
     "backfill": {"direction": "reverse", **OPEN}}}}, "extract.notifications.backfill", "reverse", "answers nothing", "weight: 0"),
    ("backfill without an owner", {"extract": {"notifications": {**LIVE, "weight": 0,
     "backfill": {"direction": "forward", "reason": "x", "expires": "2026-12-01"}}}}, "extract.notifications.backfill.owner", None,
     "is missing", "owner: Ada Example"),
    ("backfill without an expiry", {"extract": {"notifications": {**LIVE, "weight": 0,
     "backfill": {"direction": "forward", "owner": "x", "reason": "y"}}}}, "extract.notifications.backfill.expires", None,
     "is missing", "expires: '2026-12-01'"),
    ("reverse backfill of nothing", {"extract": {"notifications": {**LIVE, "weight": 0, "backfill": {"direction": "reverse", **OPEN}}}},
     "extract.notifications.backfill", "reverse", "in the monolith already", "remove"),
    ("forward backfill again", {"extract": {"notifications": {**LIVE, "weight": 0, "backfilled": "forward",
     "backfill": {"direction": "forward", **OPEN}}}}, "extract.notifications.backfill", "forward", "in the service's store already", "remove"),
    ("answers while the data is elsewhere", {"extract": {"notifications": {**LIVE, "weight": 5, "backfilled": "reverse"}}},
     "extract.notifications.backfilled", "reverse", "said to be in the monolith", "at weight 0"),
    ("secrets as text", {"application_secrets": "x"}, "application_secrets", None, "must map each secret's name", "pulumi config set --secret"),
]  # fmt: skip

SECRETS = frozenset({"service-extraction:application_secrets"})

FILES: list[tuple[str, str, str | None, str, str]] = [
    ("no YAML", "config: [", None, "is not valid YAML in line 1", "correct that line"),
    ("a tab", "config:\n\tyear: 1", None, "is not valid YAML in line 2", "correct that line"),
    ("empty", "", None, "a stack file is a mapping", "start it with a key"),
    ("a list", "- year", None, "a stack file is a mapping", "start it with a key"),
    ("without config", "encryptionsalt: x", "config", "is missing or empty", "service-extraction:year: 1"),
    ("empty config", "config:", "config", "is missing or empty", "service-extraction:year: 1"),
    ("list for the config", "config: [a]", "config", "must be a mapping", "service-extraction:year: 1"),
    ("unknown top-level key", "extra: 1\nconfig:\n  service-extraction:year: 1", "extra", "a stack file has only config", "remove it"),
    ("misspelt top-level key", "confg:\n  service-extraction:year: 1", "confg", "a stack file has only config", "did you mean `config`?"),
    ("setting beside config", "config: {}\nservice-extraction:year: 1", "service-extraction:year", "a stack file has only config", "below `config:`"),
    ("an anchor in itself", "config:\n  service-extraction:x: &a [*a]", None, "in line 2: the anchor `a` contains itself", "correct that line"),
    ("a mapping merged into itself", "config: &a\n  <<: *a", None, "in line 2: the anchor `a` contains itself", "correct that line"),
    ("a list for a key", "? [a, b]\n: 1", None, "in line 1: a key must be plain text", "correct that line"),
    ("nested far too deeply", "config: " + "[" * 3000, None, "in line 1: it is nested too deeply", "correct that line"),
    ("nested too deeply", "config: " + "[" * 60 + "]" * 60, None, "in line 1: it is nested too deeply", "correct that line"),
    ("a bare day that is none", "config:\n  service-extraction:as_of: 2026-02-30", None, "in line 2: `2026-02-30` is no valid timestamp", "correct"),
    ("a secret in clear text below a key with dots", "config:\n  service-extraction:application_secrets.LLM_API_KEY: hunter2",
     "service-extraction:application_secrets.LLM_API_KEY", "one key with dots in it", "pulumi config set --secret --path"),
    ("a key twice", "config:\n  service-extraction:year: 1\n  service-extraction:year: 2", None, "stands there twice", "correct"),
    ("a secret in clear text", "config:\n  service-extraction:application_secrets:\n    LLM_API_KEY: hunter2",
     "service-extraction:application_secrets.LLM_API_KEY", "stands there in clear text", "pulumi config set --secret"),
    ("a secret that is a setting", "config:\n  service-extraction:year:\n    secure: v1:abc", "service-extraction:year",
     "only application secrets may be secret", "without --secret"),
]  # fmt: skip


def _set(path: str, value: object) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        *parents, last = path.split(".")
        for parent in parents:
            content = content[int(parent) if parent.isdigit() else parent]
        if value is None:
            del content[last]
        else:
            content[int(last) if last.isdigit() else last] = value

    return change


EVIDENCE: list[Row] = [
    ("another domain's file", ("domain", "auth"), "domain", "auth", "this is the file of `ai`", "write `domain: ai`"),
    ("unknown criterion", ("criteria.coverage", {"value": 1, "unit": "%", "source": "x", "date": TODAY}), "criteria.coverage",
     None, "no such criterion", "did you mean `test_coverage`?"),
    ("missing unit", ("criteria.test_coverage.unit", None), "criteria.test_coverage.unit", None, "is missing", "add `unit`"),
    ("wrong unit", ("criteria.test_coverage.unit", "ratio"), "criteria.test_coverage.unit", "ratio", "measured in `%`", 'unit: "%"'),
    ("missing value", ("criteria.test_coverage.value", None), "criteria.test_coverage.value", None, "is missing", "add `value`"),
    ("value as text", ("criteria.test_coverage.value", "85 %"), "criteria.test_coverage.value", "85 %", "must be a number", "value"),
    ("value that is none", ("criteria.test_coverage.value", float("nan")), "criteria.test_coverage.value", ".nan", "must be", "value"),
    ("negative value", ("criteria.fault_isolation.value", -1), "criteria.fault_isolation.value", -1, "greater than or equal to 0", "value"),
    ("more than all", ("criteria.event_driven.value", 101), "criteria.event_driven.value", 101, "no more than 100 %", "correct the value"),
    ("half an engineer", ("criteria.independent_team.value", 3.5), "criteria.independent_team.value", 3.5, "whole numbers", "write the count"),
    ("missing source", ("criteria.test_coverage.source", None), "criteria.test_coverage.source", None, "is missing", "source: link to"),
    ("empty source", ("criteria.test_coverage.source", ""), "criteria.test_coverage.source", "", "at least 1 character", "source: link to"),
    ("missing date", ("criteria.test_coverage.date", None), "criteria.test_coverage.date", None, "is missing", "date: '2026-10-01'"),
    ("date in the future", ("criteria.test_coverage.date", "2026-11-02"), "criteria.test_coverage.date", "2026-11-02",
     "lies after 2026-11-01", "the day on which it was measured"),
    ("unknown precondition", ("preconditions.test-suit", {"evidence": "x", "by": "y", "date": TODAY}), "preconditions.test-suit",
     None, "no such precondition", "did you mean `test-suite`?"),
    ("confirmed by nobody", ("preconditions.test-suite.by", None), "preconditions.test-suite.by", None, "is missing", "by: Ada Example"),
    ("confirmed in the future", ("preconditions.test-suite.date", "2027-01-01"), "preconditions.test-suite.date", "2027-01-01",
     "lies after 2026-11-01", "confirmed"),
    ("confirmed without evidence", ("preconditions.test-suite.evidence", None), "preconditions.test-suite.evidence", None,
     "is missing", "evidence: what shows it"),
    ("unknown key", ("verdict", "ready"), "verdict", None, "not known", "use one of domain, criteria, preconditions"),
]  # fmt: skip

SPARE = {"name": "x", "role": "worker", "command": ["x"], "scaling": {"minimum": 1, "maximum": 1},
         "resources": {"cpu_request": "1m", "memory_request": "1Mi", "memory_limit": "1Mi"}}  # fmt: skip
CATALOG: list[tuple[str, str, Any, str, object, str, str]] = [
    ("file of another name", "ai", ("domain", "artificial"), "domain", "artificial", "bears its name", "artificial.yaml"),
    ("unknown key", "ai", ("color", "red"), "color", None, "not known", "use one of"),
    ("missing phases", "ai", ("phases", None), "phases", None, "is missing", "add `phases`"),
    ("one phase only", "projects", ("phases", [{"name": "module", "title": "x", "words": [], "made_of": "x"}]), "phases", ...,
     "at least 2 items", "phases"),
    ("preset that is no phase", "ai", ("years.2", "servce"), "years.2", "servce", "one of the phases", "`2: interface`"),
    ("year without a preset", "ai", ("years", {1: "interface"}), "years.2", "missing", "one of the phases", "`2: interface`"),
    ("year that is none", "ai", ("years.4", "service"), "years.4", ..., "none of the allowed values", "1, 2, 3"),
    ("two phases of one name", "ai", ("phases.1.name", "interface"), "phases", ..., "two phases bear one name", "rename"),
    ("service that shares a secret to validate tokens", "ai", ("phases.2.requires", ["events-exchange"]), "phases.2.requires",
     ..., "requires `jwks` to stand before it", "add `jwks`"),
    ("consumer without an exchange", "ai", ("phases.2.requires", ["jwks"]), "phases.2.requires", ...,
     "requires `events-exchange` to stand before it", "add `events-exchange`"),
    ("two preconditions of one id", "ai", ("preconditions.1.id", "interface-stable"), "preconditions", ..., "bear one id", "rename"),
    ("service before the last phase", "ai", ("phases.0.traffic", "weighted"), "phases.0", "interface", "the last phase, and no other", "move"),
    ("last phase without a service", "ai", ("phases.2.service", None), "phases.2", "service", "the last phase, and no other", "move"),
    ("prerequisite nobody provides", "ai", ("phases.2.requires", ["blockchain"]), "phases.2.requires", "blockchain",
     "no phase provides", "use one of"),
    ("change of an unknown workload", "ai", ("phases.0.monolith.changes", {"monolith-ap": {}}), "phases.0.monolith.changes",
     "monolith-ap", "no such workload", "did you mean `monolith-api`?"),
    ("store of another owner", "ai", ("phases.2.service.workloads.0.stores.0.store", "monolith-postgres"),
     "phases.2.service.workloads", "monolith-postgres", "a store has one owner", "did you mean `ai-postgres`?"),
    ("user that the store lacks", "ai", ("phases.2.service.workloads.0.stores.0.user", "monolith"), "phases.2.service.workloads",
     "monolith", "no such user", "use one of ai"),
    ("unknown placeholder", "ai", ("phases.2.service.workloads.0.settings.URL", "{database_url}"),
     "phases.2.service.workloads.ai-api.settings.URL", "database_url", "placeholder is not known", "settings.py"),
    ("route to no workload", "ai", ("phases.2.service.routes.0.workload", "ai-web"), "phases.2.service.routes", "ai-web",
     "no such workload", "ai-api"),
    ("route to a workload without a port", "ai", ("phases.2.service.routes.0.workload", "ai-jobs"), "phases.2.service.routes",
     "ai-jobs", "has no port", "ai-api"),
    ("path without a slash", "ai", ("phases.2.service.routes.0.path_prefix", "api"), "phases.2.service.routes.0.path_prefix", "api",
     "match pattern", "path_prefix"),
    ("path of another domain", "auth", ("phases.2.service.routes.0.path_prefix", "/api/v1/ai"), "path_prefix",
     "/api/v1/ai", "has a path_prefix of that name already", "choose another name"),
    ("store name of another domain", "auth", ("phases.2.service.stores.0.name", "ai-postgres"), "phases.2.service.workloads",
     "auth-postgres", "a store has one owner", "ai-postgres"),
    ("edge without a timeout", "ai", ("phases.2.service.edges.0.timeout_seconds", None), "phases.2.service.edges.0.timeout_seconds",
     None, "is missing", "add `timeout_seconds`"),
    ("edge without a circuit breaker", "ai", ("phases.2.service.edges.0.breaker_errors", 0),
     "phases.2.service.edges.0.breaker_errors", 0, "greater than or equal to 1", "breaker_errors"),
    ("edge that passes everything", "ai", ("phases.2.service.edges.0.path_prefixes.0", "/"),
     "phases.2.service.edges.0.path_prefixes.0", "/", "plain path below the root, such as `/api/v1/tasks`", "correct"),
    ("edge that waits forever", "ai", ("phases.2.service.edges.0.timeout_seconds", 3600), "phases.2.service.edges.0.timeout_seconds",
     3600, "less than or equal to 30", "timeout_seconds"),
    ("edge from nobody", "ai", ("phases.2.service.edges.0.consumer_workload", "ai-web"), "phases.2.service.edges", "ai-web",
     "no such workload", "ai-"),
    ("edge to nobody", "ai", ("phases.2.service.edges.0.upstream", "billing"), "phases.2.service.edges", "billing", "no such owner", "use one of monolith"),
    ("broker user of another owner", "ai", ("phases.2.service.workloads.0.broker.user", "monolith"), "phases.2.service.workloads",
     "monolith", "broker user of its own", "write `user: ai`"),
    ("delivery by nobody", "notifications", ("phases.0.deliveries.0.workload", "mailer"), "phases.0.deliveries", "mailer",
     "no such workload", "use one of"),
]  # fmt: skip


def _check(refusal: Refusal, file: str, key: str | None, value: object, reason: str, fix: str) -> None:
    message = str(refusal)
    assert message.startswith(f"{file}: " if key is None else f"{file}: {key}")
    assert reason in message
    assert message.count("\n  fix: ") == 1
    assert fix in message.split("\n  fix: ")[1]
    assert refusal.file == file
    assert refusal.key == key
    if value is not None and value is not ...:
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        assert shown.replace("'", "") in message
    assert "Traceback" not in message


@pytest.mark.parametrize(
    ("case", "changes", "key", "value", "reason", "fix"), STACK, ids=[row[0] for row in STACK]
)
def test_stack_files(
    catalog: Catalog, case: str, changes: dict[str, Any], key: str, value: object, reason: str, fix: str
) -> None:
    with pytest.raises(Refusal) as caught:
        resolve(configured(**changes), catalog)
    _check(caught.value, FILE, f"service-extraction:{key}", value, reason, fix)


@pytest.mark.parametrize(("case", "text", "key", "reason", "fix"), FILES, ids=[row[0] for row in FILES])
def test_stack_files_as_text(
    tmp_path: Path, case: str, text: str, key: str | None, reason: str, fix: str
) -> None:
    path = tmp_path / "Pulumi.test.yaml"
    path.write_text(text)
    with pytest.raises(Refusal) as caught:
        load_stack_file(path)
    _check(caught.value, str(path), key, None, reason, fix)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", ["domain: &a [*a]", "? [a, b]\n: 1", "domain: " + "[" * 3000])
def test_evidence_and_catalogs_that_cannot_be_built(catalog: Catalog, copied: Path, text: str) -> None:
    path = copied / "ai.yaml"
    path.write_text(text)
    for load in (
        lambda: load_catalog(copied),
        lambda: load_evidence(path, catalog.domain("ai"), load_principles().readiness, TODAY),
    ):
        with pytest.raises(Refusal) as caught:
            load()
        _check(caught.value, str(path), None, None, "is not valid YAML in line 1", "correct that line")


def test_an_anchor_may_be_used_beside_itself(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("a: &x {b: [1]}\nc: *x\nd: {<<: *x, e: *x}")
    part = {"b": [1]}
    assert read_yaml(path, what="file") == {"a": part, "c": part, "d": {"b": [1], "e": part}}


def test_the_config_to_paste_is_accepted_but_for_the_images(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.test.yaml"
    path.write_text("encryptionsalt: v1:salt")
    with pytest.raises(Refusal) as caught:
        load_stack_file(path)
    path.write_text(caught.value.fix.split(":", 1)[1])
    with pytest.raises(Refusal, match=r"images\.\w+ is missing: "):
        resolve(load_stack_file(path), catalog)


def test_a_secret_under_a_key_with_dots_is_never_shown() -> None:
    key = "service-extraction:extract.ai.phase"
    with pytest.raises(Refusal, match="only application secrets may be secret") as caught:
        configured(secret_keys=frozenset({key}), **{"extract.ai.phase": "hunter2"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("name", ["stack.yaml", "Pulumi..yaml", "Pulumi.test.yml"])
def test_names_of_stack_files(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal, match=r"Pulumi\.<stack>\.yaml"):
        load_stack_file(tmp_path / name)


def test_stack_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="there is no such stack file"):
        load_stack_file(tmp_path / "Pulumi.nowhere.yaml")


def test_stack_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.test.yaml"
    path.write_bytes(b"config: \xff\xfe")
    with pytest.raises(Refusal, match="readable UTF-8"):
        load_stack_file(path)


@pytest.mark.parametrize(
    ("case", "change", "key", "value", "reason", "fix"), EVIDENCE, ids=[row[0] for row in EVIDENCE]
)
def test_evidence_files(
    catalog: Catalog,
    tmp_path: Path,
    case: str,
    change: tuple[str, object],
    key: str,
    value: object,
    reason: str,
    fix: str,
) -> None:
    entry, table = catalog.domain("ai"), load_principles().readiness
    content = copy.deepcopy(evidence(entry, table))
    _set(*change)(content)
    path = tmp_path / "ai.yaml"
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(Refusal) as caught:
        load_evidence(path, entry, table, TODAY)
    _check(caught.value, str(path), key, value, reason, fix)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for path in FOLDER.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text())
    return tmp_path


@pytest.mark.parametrize(
    ("case", "domain", "change", "key", "value", "reason", "fix"), CATALOG, ids=[row[0] for row in CATALOG]
)
def test_catalogs(
    copied: Path,
    case: str,
    domain: str,
    change: tuple[str, object],
    key: str,
    value: object,
    reason: str,
    fix: str,
) -> None:
    path = copied / f"{domain}.yaml"
    content = yaml.safe_load(path.read_text())
    _set(*change)(content)
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(Refusal) as caught:
        load_catalog(copied)
    _check(caught.value, str(path), key, value, reason, fix)


def test_the_platform_that_no_component_builds_yet(catalog: Catalog) -> None:
    config = configured(platform="aws")
    with pytest.raises(Refusal) as caught:
        check_buildable(resolve(config, catalog), config)
    _check(
        caught.value,
        FILE,
        "service-extraction:platform",
        "aws",
        "no component can build",
        "platform: kubernetes",
    )


@pytest.mark.parametrize("year", ["year1", "year2", "year3"])
def test_every_year_of_the_embedded_cluster_can_be_built(catalog: Catalog, year: str) -> None:
    config = load_stack_file(STACKS / f"Pulumi.{year}.yaml")
    check_buildable(resolve(config, catalog), config)


def test_a_missing_secret_names_who_needs_it_and_the_command(catalog: Catalog) -> None:
    config = configured(environment="dev", as_of=None, **section("cluster", embedded=None))
    with pytest.raises(Refusal) as caught:
        check_buildable(resolve(config, catalog), config)
    key = "service-extraction:application_secrets.LLM_API_KEY"
    _check(
        caught.value,
        FILE,
        key,
        "monolith-api",
        "cannot start without it",
        f"pulumi config set --stack test --secret --path '{key}'",
    )


def test_a_secret_that_nobody_reads(catalog: Catalog) -> None:
    with pytest.raises(Refusal) as caught:
        resolve(configured(secret_keys=SECRETS, application_secrets={"STRIPE_KEY": "hunter2"}), catalog)
    key = "service-extraction:application_secrets.STRIPE_KEY"
    _check(caught.value, FILE, key, None, "nothing in the catalog uses it", "LLM_API_KEY")
    assert "hunter2" not in str(caught.value)


def test_a_driver_stated_in_the_future(catalog: Catalog) -> None:
    name = "llm_compute_needs_dedicated_scaling"
    config = configured(extract={"ai": {"drivers": {name: {"by": "Ada", "date": "2026-11-02"}}}})
    with pytest.raises(Refusal) as caught:
        decide(None, config, catalog)
    key = f"service-extraction:extract.ai.drivers.{name}.date"
    _check(caught.value, FILE, key, "2026-11-02", "lies after 2026-11-01", "the day on which it was stated")


def test_at_least_sixty_bad_inputs_are_tried(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {
        "stack settings": len(STACK),
        "stack files": len(FILES) + 5,
        "evidence": len(EVIDENCE),
        "catalogs": len(CATALOG),
    }
    assert sum(counts.values()) >= 60
    with capsys.disabled():
        print("\n  bad inputs, one refusal each: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
