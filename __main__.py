"""The whole program: config becomes a topology, the move to it is judged, then it is deployed and exported."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

import components
import roadmap
from components.kubernetes.release_records import read_released_images
from roadmap.passphrase import check_passphrase

ROOT = Path(__file__).resolve().parent
OUTPUTS = ("topology", "move", "endpoints", "pipelines")


async def last_completed_topology() -> Mapping[str, Any] | None:
    """What this stack exported at the end of its last completed update; None before the first."""
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    return (await pulumi.StackReference(name).get_output_details("topology")).value


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
        catalog = roadmap.load_catalog()
        topology = roadmap.resolve(config, catalog)
        roadmap.check_buildable(topology, config, catalog)
        previous = await last_completed_topology()
        kubeconfig = Path(config.cluster.kubeconfig).expanduser()
        released = read_released_images(
            kubeconfig=ROOT / kubeconfig, context=config.cluster.context, topology=topology, file=config.file
        )
    except roadmap.Refusal as refusal:
        raise pulumi.RunError(str(refusal)) from None
    secrets = pulumi.Config().get_secret_object("application_secrets") or pulumi.Output.secret({})
    deployed = components.deploy(
        topology,
        cluster=components.ClusterAccess(
            kubeconfig=str(kubeconfig), context=config.cluster.context, embedded=config.cluster.embedded
        ),
        application_secrets={name: secrets[name] for name in config.application_secrets},
        move=components.RegisteredMove(previous=None, next={d.domain: d.phase for d in topology.domains}, evidence_digest=None),
        released_images=released,
    )
    # Exported only once everything has settled: a failed update must not become the place the next move starts from.
    await deployed.settled.future()
    return {
        "topology": json.loads(topology.model_dump_json()),
        "move": {"previous": previous is not None},
        "endpoints": dict(deployed.endpoints),
        "pipelines": dict(deployed.pipelines),
    }


outputs = pulumi.Output.from_input(main())
for output in OUTPUTS:
    pulumi.export(output, outputs[output])
