"""When a Pod or a Job counts as done, and what stops a Pod."""

from __future__ import annotations

from collections.abc import Iterator

from offline.providers.kubernetes.awaiting.readiness import READY, Readiness, failed, lacking
from offline.providers.kubernetes.manifest import (
    Manifest,
    condition,
    field,
    name_of,
    number_field,
    text_field,
)


def pod(live: Manifest) -> Readiness:
    """Ready, or ended successfully."""
    if text_field(live, "status", "phase") == "Succeeded" or condition(live, "Ready").get("status") == "True":
        return READY
    return lacking("the pod is not ready", *pod_problems(live))


def job(live: Manifest) -> Readiness:
    """Complete, or suspended; a failed Job is hopeless."""
    if field(live, "spec", "suspend") is True or condition(live, "Complete").get("status") == "True":
        return READY
    failure = condition(live, "Failed")
    if failure.get("status") == "True":
        return failed(f"the Job failed: [{failure.get('reason')}] {failure.get('message')}")
    wanted = number_field(live, "spec", "completions", default=1)
    status = {name: number_field(live, "status", name) for name in ("succeeded", "active", "failed")}
    return lacking(
        f"{status['succeeded']} of {wanted} completions ({status['active']} pods active, {status['failed']} failed)"
    )


def pod_problems(live: Manifest) -> Iterator[str]:
    """Why the pod does not run, as far as its own status says."""
    if text_field(live, "status", "phase") == "Failed":
        yield f"[{text_field(live, 'status', 'reason') or 'Failed'}] {text_field(live, 'status', 'message')}".rstrip()
    scheduled = condition(live, "PodScheduled")
    if scheduled.get("status") == "False":
        yield f"[{scheduled.get('reason')}] {scheduled.get('message')}"
    for section in ("initContainerStatuses", "containerStatuses"):
        for status in field(live, "status", section, default=[]):
            waiting = field(status, "state", "waiting", default={})
            if waiting.get("reason") not in (None, "ContainerCreating", "PodInitializing"):
                yield f"container {status.get('name')}: [{waiting['reason']}] {waiting.get('message', '')}".rstrip()
            ended = field(status, "state", "terminated", default={})
            if ended and ended.get("exitCode") != 0:
                reason = f"[{ended.get('reason', 'Error')}] exit code {ended.get('exitCode')}"
                yield f"container {status.get('name')}: {reason} {ended.get('message', '')}".rstrip()


def describe(live: Manifest) -> list[str]:
    """The pod's problems, each with its name."""
    return [f"pod {name_of(live)}: {problem}" for problem in pod_problems(live)]
