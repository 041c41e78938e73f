"""The whole program: config becomes a topology, the move to it is judged, then it is deployed and exported."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

import components
import roadmap
from components.kubernetes.release_records import read_released_images
from roadmap.last_move import move_to_register
from roadmap.passphrase import check_passphrase
from roadmap.registered_move import move_to_inputs
from roadmap.standing import standing_of

ROOT = Path(__file__).resolve().parent
OUTPUTS = ("topology", "move", "endpoints", "pipelines")


async def last_outputs(*names: str) -> list[Any]:
    """What this stack exported at the end of its last completed update; None for each before the first."""
    itself = pulumi.StackReference(f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}")
    return [(await itself.get_output_details(name)).value for name in names]


async def main() -> Mapping[str, Any]:
    """Refuse, or deploy. Every refusal comes before the first resource of the topology is registered."""
    stack = pulumi.get_stack()
    try:
        config = roadmap.parse_stack_config(
            stack,
            f"stacks/Pulumi.{stack}.yaml",
            pulumi.runtime.get_config_env(),
            pulumi.runtime.get_config_secret_keys_env(),
        )
        check_passphrase(config, ROOT, os.environ)
        last_topology, last_move = await last_outputs("topology", "move")
        topology, judged = roadmap.decide(last_topology, config, roadmap.load_catalog())
        kubeconfig = Path(config.cluster.kubeconfig).expanduser()
        released = read_released_images(
            kubeconfig=ROOT / kubeconfig, context=config.cluster.context, topology=topology, file=config.file
        )
    except roadmap.Refusal as refusal:
        raise pulumi.RunError(str(refusal)) from None
    for exemption in judged.exemptions:
        pulumi.warn(f"exemption {exemption}")
    move = move_to_register(judged, last_move)
    secrets = pulumi.Config().get_secret_object("application_secrets") or pulumi.Output.secret({})
    deployed = components.deploy(
        topology,
        cluster=components.ClusterAccess(kubeconfig=str(kubeconfig), context=config.cluster.context),
        application_secrets={name: secrets[name] for name in config.application_secrets},
        move=move_to_inputs(move, topology, as_of=config.as_of),
        released_images=released,
    )
    # Exported only once everything has settled: a failed update must not become the place the next move starts from.
    await deployed.settled.future()
    return {
        "topology": standing_of(topology).model_dump(mode="json", exclude_defaults=True),
        "move": move.model_dump(mode="json"),
        "endpoints": dict(deployed.endpoints),
        "pipelines": dict(deployed.pipelines),
    }


outputs: pulumi.Output[Mapping[str, Any]] = pulumi.Output.from_input(main())
for output in OUTPUTS:
    pulumi.export(output, outputs[output])
