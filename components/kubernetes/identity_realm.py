"""The Job that configures an identity product's realm, again whenever it has changed.

Keycloak's own import at the start skips a realm that exists; keycloak-config-cli compares and sets what differs. The
Job is named by its content, which holds no secret; a changed secret changes an annotation of its pod instead, which
replaces the Job under the same name.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi_kubernetes.core.v1 import EnvVarArgsDict, PodSpecArgsDict

from components import pods
from components.application.workload import ApplicationSecrets
from components.credentials import Credential
from components.kubernetes.identity_administrator import login_variables
from components.labels import labels
from components.rendering import realm as rendering
from components.rendering.digests import content_digest, settings_digest
from roadmap.topology import Environment, IdentityRealm, Resources

CONFIG_CLI_USER = 65534
"""The user that the image names."""
IMPORT_RESOURCES = Resources(cpu_request="100m", memory_request="384Mi", memory_limit="512Mi")
CHECKSUM_ANNOTATION = "service-extraction/settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRealmImportArgs:
    """What is configured, as whom, and after what."""

    owner: str
    """Owner of the identity product."""
    realm: IdentityRealm
    """Name, providers and addresses of the realm."""
    namespace: pulumi.Input[str]
    """Namespace of the owner."""
    administrator: Credential
    """The product's administrator; its Secret is in the same namespace."""
    secrets: ApplicationSecrets | None
    """The owner's secrets, with that of each provider; None where no provider has one."""
    environment: Environment
    """Decides how long the pod may take to stop."""
    after: Sequence[pulumi.Resource]
    """What must be there before the import: the rollout of the product and its Service."""


class IdentityRealmImport(pulumi.ComponentResource):
    """A ConfigMap with the realm, and the Job that brings the product to it."""

    def __init__(
        self, name: str, args: IdentityRealmImportArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("extraction:kubernetes:IdentityRealmImport", name, None, opts)
        realm = args.realm
        needed = rendering.secret_names(realm)
        lacking = sorted(set(needed) - set(args.secrets.values if args.secrets else ()))
        if lacking:
            raise ValueError(f"realm {realm.name} ({args.owner}): nobody carries {', '.join(lacking)} to it")
        own_labels = labels(owner=args.owner, name=realm.job, component="realm")
        document = k8s.core.v1.ConfigMap(
            f"{name}-document",
            metadata={"name": realm.job, "namespace": args.namespace, "labels": own_labels},
            data={rendering.REALM_FILE: rendering.realm_text(realm)},
            opts=pulumi.ResourceOptions(parent=self),
        )
        content = {
            "image": realm.image,
            "realm": rendering.realm_document(realm),
            "settings": dict(rendering.import_settings(realm)),
        }
        supplied = [args.secrets.values[secret] for secret in needed] if args.secrets else []
        digest = pulumi.Output.all(args.administrator.password, pulumi.Output.all(*supplied)).apply(
            lambda found: settings_digest(content, generated=[found[0]], supplied=found[1])
        )
        k8s.batch.v1.Job(
            f"{name}-job",
            metadata={
                "name": f"{realm.job}-{content_digest(content)}",
                "namespace": args.namespace,
                "labels": own_labels,
            },
            spec={
                "backoff_limit": 4,
                "active_deadline_seconds": 1800,
                # No TTL: a Job that vanished would be a change at the next update.
                "template": {
                    "metadata": {
                        "labels": own_labels,
                        "annotations": {CHECKSUM_ANNOTATION: pulumi.Output.unsecret(digest)},
                    },
                    "spec": _pod(args, document.metadata.name),
                },
            },
            # The former Job goes first: kept until the end of the update, it would be in the way of turning back.
            opts=pulumi.ResourceOptions(
                parent=self, delete_before_replace=True, depends_on=[document, *args.after]
            ),
        )
        self.register_outputs({"document": document.metadata.name})


def _pod(args: IdentityRealmImportArgs, document: pulumi.Input[str]) -> PodSpecArgsDict:
    return {
        "restart_policy": "Never",
        "automount_service_account_token": False,
        "enable_service_links": False,
        "security_context": pods.pod_security(CONFIG_CLI_USER),
        "termination_grace_period_seconds": pods.grace_seconds(args.environment, 10),
        "containers": [
            {
                # The image's own entry point: it runs what stands in the variables, and takes no arguments.
                "name": "import",
                "image": args.realm.image,
                "env": _variables(args),
                "security_context": pods.container_security(),
                "resources": pods.requirements(IMPORT_RESOURCES),
                "volume_mounts": [
                    {"name": "realm", "mount_path": rendering.REALM_FOLDER, "read_only": True},
                    pods.SCRATCH_MOUNT,
                ],
            }
        ],
        "volumes": [{"name": "realm", "config_map": {"name": document}}, pods.scratch_volume()],
    }


def _variables(args: IdentityRealmImportArgs) -> list[EnvVarArgsDict]:
    variables: list[EnvVarArgsDict] = [
        {"name": name, "value": value} for name, value in rendering.import_settings(args.realm).items()
    ]
    variables += login_variables(args.administrator)
    if args.secrets is not None:
        variables += [
            {"name": name, "value_from": {"secret_key_ref": {"name": args.secrets.name, "key": name}}}
            for name in rendering.secret_names(args.realm)
        ]
    return variables
