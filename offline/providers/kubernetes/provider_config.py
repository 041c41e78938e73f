"""CheckConfig and DiffConfig: the inputs of the provider resource itself."""

from __future__ import annotations

from typing import Any, Final

from pulumi.runtime.proto import provider_pb2

from offline.providers.kubernetes.kubeconfig import Kubeconfig, KubeconfigError, active_cluster, load
from offline.providers.property_values import UNKNOWN, Properties, decode, without_secrets

_WHERE: Final = ("kubeconfig", "context", "cluster")
_IDENTIFIER: Final = "clusterIdentifier"


def check_config(request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
    """Takes the inputs as they are; what cannot work shows itself when the provider is configured."""
    return provider_pb2.CheckResponse(inputs=request.news)


def diff_config(request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
    """Which changes of the provider replace it, and with it all it holds.

    With a `clusterIdentifier` that is the identifier's change alone; without one a changed cluster entry (its URL, say)
    of the kubeconfig.
    """
    # The state's outputs are not the inputs: the engine sends the old inputs beside them.
    old = without_secrets(decode(request.old_inputs if request.HasField("old_inputs") else request.olds))
    new = without_secrets(decode(request.news))
    changed = sorted(key for key in {*old, *new} if key != "version" and old.get(key) != new.get(key))
    if not changed:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME, diffs=changed, replaces=_replaces(old, new, changed)
    )


def _replaces(old: Properties, new: Properties, changed: list[str]) -> list[str]:
    if new.get(_IDENTIFIER) and old.get(_IDENTIFIER):
        return [_IDENTIFIER] if _IDENTIFIER in changed else []
    unknown = [key for key in _WHERE if new.get(key) is UNKNOWN]
    if unknown:
        return unknown[:1]
    before, after = _cluster(old), _cluster(new)
    if before is None or after is None or before == after:
        return []
    return [key for key in _WHERE if key in changed]


def _cluster(properties: Properties) -> dict[str, Any] | None:
    """The active cluster entry of the inputs' kubeconfig, or of the file that it names; None when there is none."""
    kubeconfig = properties.get("kubeconfig")
    if not kubeconfig:
        return None
    try:
        parsed: Kubeconfig = kubeconfig if isinstance(kubeconfig, dict) else load(str(kubeconfig), {})
    except KubeconfigError:
        return None
    return active_cluster(parsed, str(properties.get("context") or ""), str(properties.get("cluster") or ""))
