"""Holds the free names of a stack file, of images, sizes and secrets, against the catalog."""

from roadmap.composition import Composition
from roadmap.refusal import Refusal, nearest
from roadmap.resolve_identity import check_identity_providers
from roadmap.stack_config import StackConfig
from roadmap.topology import Environment, Topology

SERVER_IMAGES = (
    "postgres",
    "redis",
    "rabbitmq",
    "broker_definitions",
    "clickhouse",
    "edge_proxy",
    "realm_import",
)


def check_fit(parts: Composition) -> None:
    """Raise Refusal for an image, a size or a secret that nothing in the catalog uses."""
    catalog = parts.catalog
    services = [(entry.domain, entry.last.service) for entry in catalog.domains if entry.last.service]
    images = sorted({catalog.monolith.image, *SERVER_IMAGES, *(s.image or domain for domain, s in services)})
    stores = sorted(
        {
            catalog.monolith.broker.name,
            *(store.name for store in catalog.monolith.stores),
            *(store.name for _, service in services for store in service.stores),
        }
    )
    secrets = sorted(known_secrets(parts))
    config = parts.config
    for section, names, known in (
        ("images", config.images, images),
        ("sizes", config.sizes, stores),
        ("application_secrets", config.application_secrets, secrets),
    ):
        for name in names:
            if name not in known:
                raise Refusal(
                    "nothing in the catalog uses it",
                    file=config.file,
                    key=f"service-extraction:{section}.{name}",
                    fix=nearest(name, known),
                )
    check_identity_providers(parts)


def known_secrets(parts: Composition) -> set[str]:
    """Names of all application secrets in the catalog, of every phase."""
    found = {name for workload in parts.catalog.monolith.workloads for name in workload.secrets}
    for entry in parts.catalog.domains:
        for phase in entry.phases:
            workloads = (*phase.monolith.workloads, *(phase.service.workloads if phase.service else ()))
            found.update(name for workload in workloads for name in workload.secrets)
            found.update(name for change in phase.monolith.changes.values() for name in change.secrets)
            if phase.service and phase.service.realm:
                found.update(p.secret for p in phase.service.realm.providers if p.secret is not None)
    return found


def check_secrets(config: StackConfig, topology: Topology) -> None:
    """Raise Refusal for an application secret that a workload needs and the stack lacks; embedded stacks generate."""
    if config.environment is Environment.EMBEDDED:
        return
    for name in topology.application_secrets:
        if name not in config.application_secrets:
            users = [user for service in topology.services for user in service.secret_users.get(name, ())]
            key = f"service-extraction:application_secrets.{name}"
            raise Refusal(
                f"is missing: {', '.join(users)} cannot start without it",
                file=config.file,
                key=key,
                fix=f"pulumi config set --stack {config.stack} --secret --path '{key}'",
            )
