"""Workloads: whatever carries a pod template, found by its shape, so that custom resources count too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..addresses.variables import words
from ..catalog import listed
from ..catalog.cloud import WORKLOADS
from ..catalog.images import engine_of_image, image_words, is_backup, is_observer, is_sidecar
from ..resources import Resource, dig, mapping, sequence, text

_TEMPLATES = (
    ("spec", "template"),
    ("spec", "jobTemplate", "spec", "template"),
    ("spec", "jobTargetRef", "template"),
    ("spec", "podTemplate"),
    ("template",),
)
_ONE_OFF = frozenset({"Job", "Workflow"})
_CHORES = listed("backup backups dump restore migrate migration migrations flyway liquibase")
_DUMPS = re.compile(
    r"\b(?:pg_dump(?:all)?|pg_basebackup|mysqldump|mariadb-dump|mongodump|redis-cli .*--rdb|barman|wal-g|pgbackrest)\b"
)


@dataclass(slots=True, eq=False, kw_only=True)
class Workload:
    """One declared workload and its pods' shape."""

    resource: Resource
    pod: Mapping[str, Any]
    """The pod's spec."""
    pod_labels: Mapping[str, Any]
    template: Mapping[str, Any]
    """The pod's template, or the Pod itself."""
    images: tuple[str, ...]
    """Of its containers, those left out that a mesh or a platform puts beside anything."""

    @property
    def key(self) -> str:
        return self.resource.key

    @property
    def namespace(self) -> str:
        """Where its names are looked up; a cloud workload sees no cluster name."""
        return self.resource.namespace or ("default" if self.resource.kubernetes else "")

    @property
    def one_off(self) -> bool:
        """Whether it runs to completion once: a migration, an initialisation, a test of a release."""
        if self.resource.kind != "Pod":
            return self.resource.kind in _ONE_OFF
        hook = mapping(dig(self.resource.body, "metadata", "annotations")).get("helm.sh/hook")
        return hook is not None or text(self.pod.get("restartPolicy")) in {"Never", "OnFailure"}

    @property
    def periodic(self) -> bool:
        """Whether it runs to an end, once or again and again."""
        return self.resource.kind in {"CronJob", "Job", "CronWorkflow"}

    @property
    def maintenance(self) -> bool:
        """Whether it copies a database for safety, or is a job called so, of an engine's own image, or that dumps."""
        if self.images and all(is_backup(image) for image in self.images):
            return True
        if not self.periodic or not self.images:
            return False
        if _CHORES & set(words(self.resource.name)):
            return True
        given = [
            text(part) or ""
            for container in self.containers()
            for field in ("command", "args")
            for part in sequence(container.get(field))
        ]
        return _DUMPS.search(" ".join(given)) is not None or all(
            engine_of_image(image)[0] or _CHORES & set(image_words(image)) for image in self.images
        )

    @property
    def observer(self) -> bool:
        """Whether it is part of the observability plane, by its images or by the one command that it runs."""
        observing = bool(self.images) and all(is_observer(image) for image in self.images)
        return observing or self._watches_a_queue()

    def _watches_a_queue(self) -> bool:
        """Whether it runs Celery's dashboard, which comes in the image of the workers that it watches."""
        run = [_said(one) for one in sequence(dig(self.pod, "containers"))]
        return bool(run) and all(
            {"celery", "flower"} <= said and not said & {"worker", "beat"} for said in run
        )

    def containers(self) -> Iterator[Mapping[str, Any]]:
        """Init containers, sidecars and containers alike."""
        for field in ("initContainers", "containers", "ephemeralContainers"):
            for container in sequence(dig(self.pod, field)):
                yield mapping(container)


def _said(container: Any) -> set[str]:
    """The words of a container's command line."""
    line = (*sequence(dig(container, "command")), *sequence(dig(container, "args")))
    return set(" ".join(text(part) or "" for part in line).split())


def workload_of(resource: Resource) -> Workload | None:
    """The workload that a resource is, or None."""
    if not resource.kubernetes:
        return _workload(resource, {}, {}, {}) if resource.group in WORKLOADS else None
    if resource.kind == "Pod":
        return _workload(resource, mapping(dig(resource.body, "spec")), resource.labels, resource.body)
    for path in _TEMPLATES:
        template = dig(resource.body, *path)
        pod = mapping(dig(template, "spec"))
        if sequence(pod.get("containers")) or (pod and resource.group in {"apps", "batch"}):
            return _workload(resource, pod, mapping(dig(template, "metadata", "labels")), mapping(template))
    steps = _steps(resource)
    if steps:
        return _workload(resource, steps, mapping(dig(resource.body, "spec", "podMetadata", "labels")), {})
    if resource.group in {"apps", "batch"} and resource.kind in {
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "Job",
    }:
        return _workload(resource, {}, {}, {})  # its spec is not known yet; what went into it may still be
    return None


def _steps(resource: Resource) -> Mapping[str, Any]:
    """The containers of every step of a workflow, as one pod; nothing for what is none."""
    for path in (("spec",), ("spec", "workflowSpec")):
        workflow = dig(resource.body, *path)
        steps = sequence(dig(workflow, "templates"))
        found = [mapping(dig(step, field)) for step in steps for field in ("container", "script")]
        if any(found):
            return {**mapping(workflow), "containers": [container for container in found if container]}
    return {}


def _workload(
    resource: Resource, pod: Mapping[str, Any], pod_labels: Mapping[str, Any], template: Mapping[str, Any]
) -> Workload:
    every = tuple(
        image for container in sequence(pod.get("containers")) if (image := text(dig(container, "image")))
    )
    images = tuple(image for image in every if not is_sidecar(image)) or every
    return Workload(resource=resource, pod=pod, pod_labels=pod_labels, template=template, images=images)


def container_ports(workload: Workload) -> set[int]:
    """Ports that the pods declare, a mesh's left out."""
    return {
        int(port)
        for container in workload.containers()
        if text(dig(container, "image")) in workload.images
        or not is_sidecar(text(dig(container, "image")) or "")
        for item in sequence(dig(container, "ports"))
        if (port := text(dig(item, "containerPort"))) and port.isdigit()
    }
