"""What a deployment demands beyond a valid topology: secrets that are set, a platform the components can build.

A topology that fails here can still be shown, compared and walked through.
"""

from roadmap.refusal import Refusal, paste
from roadmap.stack_config import StackConfig
from roadmap.stack_fit import check_secrets
from roadmap.topology import Topology


def check_buildable(topology: Topology, config: StackConfig) -> None:
    """Raise one Refusal where a topology cannot be deployed: a missing application secret, the platform `aws`."""
    check_secrets(config, topology)
    if topology.platform != "kubernetes":
        raise Refusal(
            "no component can build this platform yet; `show`, `diagram`, `diff` and `steps` can read it",
            file=config.file,
            key="service-extraction:platform",
            value=topology.platform,
            fix=f"write:{paste('platform', 'kubernetes')}",
        )
