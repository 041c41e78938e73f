"""What a deployment demands beyond a valid topology: secrets that are set, phases the components can build.

A topology that fails here can still be shown, compared and walked through.
"""

from roadmap.catalog_entries import Catalog
from roadmap.refusal import Refusal, paste
from roadmap.stack_config import StackConfig
from roadmap.stack_fit import check_secrets
from roadmap.topology import Topology


def check_buildable(topology: Topology, config: StackConfig, catalog: Catalog) -> None:
    """Raise one Refusal where a topology cannot be deployed.

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
    for placement in topology.domains:
        first = catalog.domain(placement.domain).first.name
        if placement.phase == first and not placement.parked and not _prepared(topology, placement.domain):
            continue
        raise Refusal(
            f"no component can build {placement.domain}/{placement.phase} yet; `show`, `diagram`, `diff` and "
            "`steps` can read it",
            file=file,
            key=f"service-extraction:extract.{placement.domain}.phase",
            value=placement.phase,
            fix=f"deploy a stack that stays at `{first}`:{paste(f'extract.{placement.domain}.phase', first)}",
        )


def _prepared(topology: Topology, domain: str) -> bool:
    return any(pipeline.owner == domain for pipeline in topology.pipelines)
