"""The Job that imports the broker's definitions and removes what is retired, again whenever either has changed.

The Job is named by its content without the secrets, so that a preview can say that it will run; a rotated
password changes an annotation of its pod instead, which replaces the Job under the same name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi_kubernetes.core.v1 import PodSpecArgsDict

from components import pods
from components.credentials import Credential
from components.labels import labels
from components.rendering import broker_import
from components.rendering import rabbitmq as rendering
from components.rendering.digests import content_digest, settings_digest
from roadmap.topology import Broker, Environment, Resources

CURL_USER = 65532
IMPORT_RESOURCES = Resources(cpu_request="10m", memory_request="16Mi", memory_limit="64Mi")
CHECKSUM_ANNOTATION = "service-extraction/settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionsImportArgs:
    """What is imported, and as whom."""

    broker: Broker
    """Virtual host, exchanges, queues, users and permissions, and what of them is retired."""
    namespace: pulumi.Input[str]
    """Namespace of the broker, the only one with its administrator's credential."""
    host: pulumi.Output[str]
    """Address of the broker, known once it is ready."""
    administrator: Credential
    """The broker's administrator."""
    password_hashes: pulumi.Output[dict[str, str]]
    """RabbitMQ's salted hash of each user's password, by user."""
    image: str
    """Image with `curl` and `sh`."""
    environment: Environment
    """Decides how long the pod may take to stop."""


class DefinitionsImport(pulumi.ComponentResource):
    """A Secret with the definitions and the script, and the Job that runs it on the broker's management API."""

    def __init__(
        self, name: str, args: DefinitionsImportArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("extraction:kubernetes:DefinitionsImport", name, None, opts)
        broker = args.broker
        job_name = f"{broker.name}-definitions"
        own_labels = labels(owner=broker.owner, name=job_name, component="definitions")
        script = broker_import.import_script(broker)
        document = k8s.core.v1.Secret(
            f"{name}-document",
            metadata={"name": job_name, "namespace": args.namespace, "labels": own_labels},
            string_data={
                rendering.DEFINITIONS_FILE: args.password_hashes.apply(
                    lambda hashes: rendering.definitions_text(broker, hashes)
                ),
                rendering.CURL_FILE: args.administrator.password.apply(
                    lambda password: rendering.curl_configuration(
                        username=args.administrator.username, password=password
                    )
                ),
                broker_import.SCRIPT_FILE: script,
            },
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        content = {
            "image": args.image,
            "definitions": rendering.definitions_without_secrets(broker),
            "script": script,
        }
        digest = pulumi.Output.all(args.administrator.password, args.password_hashes).apply(
            lambda found: settings_digest(content, generated=[found[0], *_values(found[1])], supplied=[])
        )
        k8s.batch.v1.Job(
            f"{name}-job",
            metadata={
                "name": f"{job_name}-{content_digest(content)}",
                "namespace": args.namespace,
                "labels": own_labels,
            },
            spec={
                "backoff_limit": 4,
                "active_deadline_seconds": 900,
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
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({"document": document.metadata.name})


def _values(hashes: Mapping[str, str]) -> list[str]:
    return [hashes[user] for user in sorted(hashes)]


def _pod(args: DefinitionsImportArgs, document: pulumi.Input[str]) -> PodSpecArgsDict:
    return {
        "restart_policy": "Never",
        "automount_service_account_token": False,
        "enable_service_links": False,
        "security_context": pods.pod_security(CURL_USER),
        "termination_grace_period_seconds": pods.grace_seconds(args.environment, 10),
        "containers": [
            {
                "name": "import",
                "image": args.image,
                "command": ["sh", f"{rendering.DEFINITIONS_FOLDER}/{broker_import.SCRIPT_FILE}"],
                "env": [
                    {
                        "name": broker_import.URL_VARIABLE,
                        "value": pulumi.Output.concat("http://", args.host, f":{rendering.MANAGEMENT_PORT}"),
                    }
                ],
                # Why an import failed stands in the pod's status then, where the update shows it.
                "termination_message_policy": "FallbackToLogsOnError",
                "security_context": pods.container_security(),
                "resources": pods.requirements(IMPORT_RESOURCES),
                "volume_mounts": [
                    {
                        "name": "definitions",
                        "mount_path": rendering.DEFINITIONS_FOLDER,
                        "read_only": True,
                    },
                    pods.SCRATCH_MOUNT,
                ],
            }
        ],
        "volumes": [
            {"name": "definitions", "secret": {"secret_name": document, "default_mode": 0o440}},
            pods.scratch_volume(),
        ],
    }
