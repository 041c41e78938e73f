"""What a deployment demands beyond a valid topology: secrets that are set, phases the components can build.

A topology that fails here can still be shown, compared and walked through.
"""

from roadmap.catalog_entries import Catalog
from roadmap.refusal import Refusal, one_of, paste
from roadmap.stack_config import StackConfig
from roadmap.stack_fit import check_secrets
from roadmap.topology import Topology


def check_buildable(topology: Topology, config: StackConfig, catalog: Catalog) -> None:
    """Raise one Refusal where a topology cannot be deployed; of domains, it names all that are too far.

    That is a missing application secret and what no component can build yet: the platform `aws`, and every
    phase but the first of each domain.
    """
    file = config.file
    check_secrets(config, topology)
    if topology.platform != "kubernetes":
        raise Refusal(
            "no component can build this platform yet; `show`, `diagram`, `diff` and `steps` can read it",
            file=file,
            key="service-extraction:platform",
            value=topology.platform,
            fix=f"write:{paste('platform', 'kubernetes')}",
        )
    first = {entry.domain: entry.first.name for entry in catalog.domains}
    ahead = [
        p for p in topology.domains if p.phase != first[p.domain] or p.parked or _prepared(topology, p.domain)
    ]
    if ahead:
        named = one_of(f"{p.domain}/{p.phase}{', parked,' if p.parked else ''}" for p in ahead)
        back = {p.domain: {"phase": first[p.domain]} for p in ahead}
        raise Refusal(
            f"goes too far: no component can build {named} yet; `show`, `diagram`, `diff` and `steps` can read it",
            file=file,
            key="service-extraction:extract",
            fix=f"deploy a stack in which nothing else is said of these domains:{paste('extract', back)}",
        )


def _prepared(topology: Topology, domain: str) -> bool:
    return any(pipeline.owner == domain for pipeline in topology.pipelines)
