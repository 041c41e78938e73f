"""Read the release records that the pipelines write, so that an update never undoes a release.

A pipeline releases without Pulumi and without the stack's lock: it patches its own Deployments and notes the image in
its owner's release record. The program reads the records before it registers anything; that the cluster answers at all
is checked by the same call.
"""

from collections.abc import Mapping
from pathlib import Path

import kubernetes
import urllib3
import yaml
from kubernetes.client.exceptions import ApiException
from kubernetes.config.config_exception import ConfigException

from roadmap.refusal import Refusal
from roadmap.topology import Pipeline, Topology

REQUEST_TIMEOUT_SECONDS = 10
"""A cluster that does not answer a read of one ConfigMap for this long is not going to take an update."""


def read_released_images(
    *, kubeconfig: Path, context: str, topology: Topology, file: str
) -> Mapping[str, str]:
    """The image each owner's pipeline released after the one in the stack file.

    An owner is listed only while the stack file still names the image that its record was based on: whoever changes the
    image in the stack file wants that image, so config wins over a release. `file` is the stack file, for messages.

    Raises `Refusal` when the kubeconfig, the context or the API server is not there.
    """
    core = kubernetes.client.CoreV1Api(_client(kubeconfig=kubeconfig, context=context, file=file))
    images = {service.owner: service.image for service in topology.services}
    released: dict[str, str] = {}
    for pipeline in topology.pipelines:
        configured = images.get(pipeline.owner)
        if configured is None:
            continue  # a pipeline stands before its service does
        record = _read_record(core, pipeline, context=context, file=file)
        if record.get("configured_image") == configured and record.get("image", configured) != configured:
            released[pipeline.owner] = record["image"]
    return released


def _client(*, kubeconfig: Path, context: str, file: str) -> kubernetes.client.ApiClient:
    if not kubeconfig.is_file():
        raise Refusal(
            "there is no such file",
            file=file,
            key="cluster.kubeconfig",
            value=str(kubeconfig),
            fix="name the kubeconfig that holds the context, or start the cluster that writes it",
        )
    try:
        contexts, _ = kubernetes.config.list_kube_config_contexts(config_file=str(kubeconfig))
        if context not in (names := sorted(entry["name"] for entry in contexts)):
            raise Refusal(
                f"{kubeconfig} has no such context",
                file=file,
                key="cluster.context",
                value=context,
                fix=f"name one of {', '.join(names)}, or add the context to that kubeconfig",
            )
        configuration = kubernetes.client.Configuration()
        configuration.retries = False  # three silent retries would only delay the message
        return kubernetes.config.new_client_from_config(
            config_file=str(kubeconfig), context=context, client_configuration=configuration
        )
    except (ConfigException, yaml.YAMLError, OSError) as error:
        raise Refusal(
            f"the file cannot be used: {error}",
            file=file,
            key="cluster.kubeconfig",
            value=str(kubeconfig),
            fix="repair the file, or name another",
        ) from error


def _read_record(
    core: kubernetes.client.CoreV1Api, pipeline: Pipeline, *, context: str, file: str
) -> Mapping[str, str]:
    name, namespace = pipeline.release_record, pipeline.namespace
    try:
        record = core.read_namespaced_config_map(name, namespace, _request_timeout=REQUEST_TIMEOUT_SECONDS)
    except ApiException as error:
        if error.status == 404:
            return {}
        raise Refusal(
            f"its API server answered {error.status} {error.reason} to a read of ConfigMap {namespace}/{name}",
            file=file,
            key="cluster.context",
            value=context,
            fix="log in again, or give this identity the right to read release records",
        ) from error
    except urllib3.exceptions.HTTPError as error:
        raise Refusal(
            f"its API server {core.api_client.configuration.host} does not answer ({type(error).__name__})",
            file=file,
            key="cluster.context",
            value=context,
            fix="start the cluster, or name the context of one that runs",
        ) from error
    return record.data or {}
