"""The Job that moves a domain's tables between the monolith's Postgres and the service's (Data ownership).

It is the one workload that reaches two owners' stores, while an exemption stands for it; who answers for that, why
and until when is written on the Job, where whoever finds it on the cluster looks first. It keeps its name whatever
it runs, because the exemption is for a workload of that name and no other: a digest in the pod's annotations is what
replaces it when its content changes. A later day on the exemption is no reason to move the rows again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi_kubernetes.core.v1 import EnvVarArgsDict, PodSpecArgsDict

from components import pods
from components.connections import ConnectableStore
from components.credentials import Credential, carry_credential, object_name
from components.labels import labels
from components.rendering import backfill as rendering
from components.rendering.digests import content_digest
from roadmap.topology import Backfill, Environment, Resources, StoreUse

POSTGRES_USER = 26
"""User of the `postgres` account in CloudNativePG's images."""
BACKFILL_RESOURCES = Resources(cpu_request="100m", memory_request="64Mi", memory_limit="256Mi")
"""Rows stream from one store to the other, so the size of a table does not matter."""
LONGEST_SECONDS = 12 * 3600
"""A move that takes longer holds back the vacuum of its source for too long."""
CHECKSUM_ANNOTATION = "service-extraction/settings"
EXEMPTION = "service-extraction/exemption-"
"""What the annotations with the exemption begin with: `…owner`, `…reason`, `…expires`, `…direction`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillJobArgs:
    """One open move, and the two stores between which it goes."""

    backfill: Backfill
    """Direction, tables, roles and the exemption."""
    namespace: pulumi.Input[str]
    """Namespace of the domain."""
    image: str
    """Image with `bash` and the `psql` of the stores' version: the one that they run on."""
    monolith: ConnectableStore
    """The monolith's store; the credential of the move's role is carried over from it."""
    service: ConnectableStore
    """The domain's own store, whose credential is in the namespace already."""
    environment: Environment
    """Decides how long the pod may take to stop."""
    after: Sequence[pulumi.Resource] = ()
    """What must exist before: the grants of the move's role, the schema of both stores, the network paths."""


class BackfillJob(pulumi.ComponentResource):
    """A script, the one foreign credential of its namespace, and the Job; exists once both sides are equal."""

    def __init__(self, name: str, args: BackfillJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("extraction:kubernetes:BackfillJob", name, None, opts)
        move = args.backfill
        child = pulumi.ResourceOptions(parent=self)
        own_labels = labels(owner=move.domain, name=move.job, component="backfill")
        script = k8s.core.v1.ConfigMap(
            f"{name}-script",
            metadata={"name": move.job, "namespace": args.namespace, "labels": own_labels},
            data=_files(move),
            opts=child,
        )
        account = k8s.core.v1.ServiceAccount(
            f"{name}-account",
            metadata={"name": move.job, "namespace": args.namespace, "labels": own_labels},
            automount_service_account_token=False,
            opts=child,
        )
        carried = carry_credential(
            object_name(move.job, move.monolith_user),
            username=move.monolith_user,
            password=args.monolith.credentials[move.monolith_user].password,
            namespace=args.namespace,
            object_labels=own_labels,
            parent=self,
            protect=False,
        )
        content = {"image": args.image, "files": _files(move), "ends": rendering.ends(move)}
        job = k8s.batch.v1.Job(
            f"{name}-job",
            metadata={
                "name": move.job,
                "namespace": args.namespace,
                "labels": own_labels,
                "annotations": _exemption(move),
            },
            spec={
                "backoff_limit": 2,
                "active_deadline_seconds": LONGEST_SECONDS,
                # No TTL: a Job that vanished would be a change at the next update.
                "template": {
                    "metadata": {
                        "labels": own_labels,
                        "annotations": {CHECKSUM_ANNOTATION: content_digest(content)},
                    },
                    "spec": _pod(args, script.metadata.name, account.metadata.name, carried),
                },
            },
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(args.after),
                # Two moves into one store at once would only wait for each other's locks.
                delete_before_replace=True,
            ),
        )
        self.register_outputs({"job": job.metadata.name})


def _files(move: Backfill) -> dict[str, str]:
    ends = rendering.ends(move)
    return {
        rendering.SCRIPT_FILE: rendering.shell_script(move),
        rendering.TRANSFER_FILE: rendering.transfer_sql(
            move.tables, source=ends[rendering.SOURCE][0], target=ends[rendering.TARGET][0]
        ),
    }


def _exemption(move: Backfill) -> dict[str, str]:
    return {
        f"{EXEMPTION}owner": move.owner,
        f"{EXEMPTION}reason": move.reason,
        f"{EXEMPTION}expires": move.expires.isoformat(),
        f"{EXEMPTION}direction": move.direction,
    }


def _variables(args: BackfillJobArgs, carried: Credential) -> list[EnvVarArgsDict]:
    """Address and password of each end, by the end's prefix."""
    move = args.backfill
    variables: list[EnvVarArgsDict] = []
    for end, (store, user) in rendering.ends(move).items():
        monolith = store == move.monolith_store
        variable, password = f"{end}_URL", f"{end}_PASSWORD"
        url = (args.monolith if monolith else args.service).url(
            StoreUse(store=store, user=user, variable=variable), password
        )
        credential = carried if monolith else args.service.credentials[user]
        variables += [
            {
                "name": password,
                "value_from": {"secret_key_ref": {"name": credential.secret_name, "key": "password"}},
            },
            {"name": variable, "value": _bare(url, password)},
        ]
    return variables


def _bare(url: pulumi.Output[str], password: str) -> pulumi.Output[str]:
    return url.apply(lambda url: rendering.without_password(url, password))


def _pod(
    args: BackfillJobArgs, script: pulumi.Input[str], account: pulumi.Input[str], carried: Credential
) -> PodSpecArgsDict:
    return {
        "restart_policy": "Never",
        "service_account_name": account,
        "automount_service_account_token": False,
        "enable_service_links": False,
        "security_context": pods.pod_security(POSTGRES_USER),
        "termination_grace_period_seconds": pods.grace_seconds(args.environment, 30),
        "containers": [
            {
                "name": "backfill",
                "image": args.image,
                "command": ["bash", f"{rendering.FOLDER}/{rendering.SCRIPT_FILE}"],
                "env": _variables(args, carried),
                "security_context": pods.container_security(),
                "resources": pods.requirements(BACKFILL_RESOURCES),
                "volume_mounts": [
                    {"name": "script", "mount_path": rendering.FOLDER, "read_only": True},
                    pods.SCRATCH_MOUNT,
                ],
            }
        ],
        "volumes": [{"name": "script", "config_map": {"name": script}}, pods.scratch_volume()],
    }
