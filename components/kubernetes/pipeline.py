"""An owner's own pipeline: an identity bound to its namespace, a migration to run, a record of what it released.

A release needs no Pulumi and no lock: the pipeline migrates, sets the image of its own Deployments and
writes the record. The next update reads the record and leaves those images alone. Who wins: the last word.
A release wins over the stack's config until that config names another image; from then on the record is out
of date, and the config wins.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi_kubernetes.batch.v1 import JobSpecArgsDict
from pulumi_kubernetes.rbac.v1 import PolicyRuleArgsDict

from components.labels import labels
from components.rendering.workflow import workflow
from roadmap.topology import Pipeline

WORKFLOW_FILE = "release.yaml"
JOB_KEPT_SECONDS = 7 * 24 * 3600
"""How long a release's migration can still be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePipelineArgs:
    """How one owner releases."""

    pipeline: Pipeline
    """Identity, trigger, registry, Deployments and release record."""
    stack: str
    """Stack that it releases to."""
    namespace: pulumi.Input[str]
    """Namespace of the owner, where the pipeline's rights end."""
    configured_image: str | None
    """Image of the owner in the stack's config; None before its service stands, and while it is parked."""
    released: bool
    """True while the release record counts, and an update leaves it alone."""
    migration_name: str | None
    """Base name of the owner's migration; None without a schema."""
    migration: JobSpecArgsDict | None
    """Spec of the owner's migration Job; None without a schema."""


class ReleasePipeline(pulumi.ComponentResource):
    """Deployer, its rights, the release record, and the workflow that uses them."""

    deployer: str
    """Namespace and ServiceAccount of the deployer, as `namespace/name`."""

    def __init__(
        self, name: str, args: ReleasePipelineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("extraction:kubernetes:ReleasePipeline", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        pipeline = args.pipeline
        own_labels = labels(owner=pipeline.owner, name=pipeline.deployer, component="pipeline")
        account = k8s.core.v1.ServiceAccount(
            f"{name}-deployer",
            metadata={"name": pipeline.deployer, "namespace": args.namespace, "labels": own_labels},
            automount_service_account_token=False,
            opts=child,
        )
        role = k8s.rbac.v1.Role(
            f"{name}-role",
            metadata={"name": pipeline.deployer, "namespace": args.namespace, "labels": own_labels},
            rules=deployer_rules(pipeline, args.migration_name),
            opts=child,
        )
        k8s.rbac.v1.RoleBinding(
            f"{name}-role-binding",
            metadata={"name": pipeline.deployer, "namespace": args.namespace, "labels": own_labels},
            role_ref={
                "api_group": "rbac.authorization.k8s.io",
                "kind": "Role",
                "name": role.metadata.name,
            },
            subjects=[
                {
                    "kind": "ServiceAccount",
                    "name": account.metadata.name,
                    "namespace": account.metadata.namespace,
                }
            ],
            opts=child,
        )
        if args.migration_name is not None and args.migration is not None:
            # Never run on a schedule: it is the template that `kubectl create job --from` takes.
            k8s.batch.v1.CronJob(
                f"{name}-migration",
                metadata={
                    "name": args.migration_name,
                    "namespace": args.namespace,
                    "labels": own_labels,
                },
                spec={
                    "suspend": True,
                    "schedule": "0 0 1 1 *",
                    "job_template": {
                        "metadata": {"labels": own_labels},
                        # Unlike the stack's own, these Jobs are nobody's to keep.
                        "spec": {**args.migration, "ttl_seconds_after_finished": JOB_KEPT_SECONDS},
                    },
                },
                opts=child,
            )
        k8s.core.v1.ConfigMap(
            f"{name}-release-record",
            metadata={
                "name": pipeline.release_record,
                "namespace": args.namespace,
                "labels": own_labels,
                # Two writers by design, see the module: a changed config image overwrites the record.
                "annotations": {"pulumi.com/patchForce": "true"},
            },
            data={"image": args.configured_image, "configured_image": args.configured_image}
            if args.configured_image is not None
            else {},
            # What a parked service ran last stays on record: returning, it finds its schema at that image's version.
            opts=pulumi.ResourceOptions(
                parent=self,
                ignore_changes=["data"] if args.released or args.configured_image is None else None,
            ),
        )
        # For the owner's repository; a ConfigMap, so that the team can take it from where its rights end anyway.
        k8s.core.v1.ConfigMap(
            f"{name}-workflow",
            metadata={
                "name": f"{pipeline.owner}-workflow",
                "namespace": args.namespace,
                "labels": own_labels,
            },
            data={WORKFLOW_FILE: workflow(pipeline, stack=args.stack, migration=args.migration_name)},
            opts=child,
        )
        self.deployer = f"{pipeline.namespace}/{pipeline.deployer}"
        self.register_outputs({"deployer": self.deployer})


def deployer_rules(pipeline: Pipeline, migration: str | None) -> list[PolicyRuleArgsDict]:
    """What a release needs, by name wherever the API allows a name.

    Creating a Job cannot be limited by name: whoever may do that runs any pod of this namespace, and so
    reads what the owner's own pods read, but nothing of any other owner.
    """
    rules: list[PolicyRuleArgsDict] = [
        {
            "api_groups": ["apps"],
            "resources": ["deployments"],
            "resource_names": list(pipeline.deployments),
            "verbs": ["get", "list", "watch", "patch"],
        },
        {
            "api_groups": [""],
            "resources": ["configmaps"],
            "resource_names": [pipeline.release_record],
            "verbs": ["get", "patch"],
        },
        # A rollout's progress and a failed pod's reason.
        {"api_groups": ["apps"], "resources": ["replicasets"], "verbs": ["get", "list", "watch"]},
        {
            "api_groups": [""],
            "resources": ["pods", "pods/log", "events"],
            "verbs": ["get", "list", "watch"],
        },
    ]
    if migration is not None:
        rules += [
            {
                "api_groups": ["batch"],
                "resources": ["cronjobs"],
                "resource_names": [migration],
                "verbs": ["get"],
            },
            {
                "api_groups": ["batch"],
                "resources": ["jobs"],
                "verbs": ["create", "get", "list", "watch"],
            },
        ]
    return rules
