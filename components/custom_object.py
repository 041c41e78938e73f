"""An object of a kind that the SDK does not know: created, awaited by its condition, and named for others.

The provider awaits no custom resource on its own; without `pulumi.com/waitFor` whatever depends on one
starts at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

WAIT_FOR = "pulumi.com/waitFor"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomObject:
    """A custom resource, and what others refer to it by."""

    resource: pulumi.Resource
    name: pulumi.Output[str]
    """Known once the object exists and, if it is awaited, is ready."""
    namespace: pulumi.Output[str]


def custom_object(
    resource_name: str,
    *,
    api_version: str,
    kind: str,
    name: str,
    namespace: pulumi.Input[str],
    object_labels: Mapping[str, str],
    spec: Mapping[str, object],
    opts: pulumi.ResourceOptions,
    wait_for: str | None = None,
    annotations: Mapping[str, str] | None = None,
) -> CustomObject:
    """Register a custom resource; `wait_for` is a condition such as `condition=Ready`, None: not awaited."""
    all_annotations = {**(annotations or {}), **({WAIT_FOR: wait_for} if wait_for is not None else {})}
    resource = k8s.apiextensions.CustomResource(
        resource_name,
        api_version=api_version,
        kind=kind,
        metadata={
            "name": name,
            "namespace": namespace,
            "labels": dict(object_labels),
            **({"annotations": all_annotations} if all_annotations else {}),
        },
        spec=dict(spec),
        opts=opts,
    )
    # The SDK fills the output in without declaring it.
    metadata: pulumi.Output[Any] = vars(resource)["metadata"]
    return CustomObject(resource=resource, name=metadata["name"], namespace=metadata["namespace"])
