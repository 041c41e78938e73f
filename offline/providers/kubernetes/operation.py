"""What Create, Update, Read and Delete have in common: the request's parts, the errors, the outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from google.protobuf.struct_pb2 import Struct

from offline.providers.kubernetes.awaiting.rules import judge_of, timeout_of
from offline.providers.kubernetes.awaiting.waiting import NotReadyError, wait_until_ready
from offline.providers.kubernetes.checkpoint import outputs_of
from offline.providers.kubernetes.cluster import Cluster
from offline.providers.kubernetes.manifest import Manifest, resource_id
from offline.providers.kubernetes.secrecy import hide, texts_to_hide
from offline.providers.property_values import Properties, encode
from offline.providers.rpc_errors import InitializationError, ProviderError

CONFLICT: Final = (
    "another manager owns a field that this update changes (server-side apply conflict): leave the field to it by "
    "taking it out of the program or naming it in ignore_changes, or take it over with the annotation "
    'pulumi.com/patchForce: "true"'
)
GONE_FOR_GOOD: Final = (
    "If the cluster is gone for good, set the environment variable PULUMI_K8S_DELETE_UNREACHABLE=true to drop its "
    "objects from the state"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call of the engine for one object."""

    cluster: Cluster
    urn: str
    given: Properties
    """The inputs (or, to delete, the outputs) with their secrets marked."""
    field_manager: str
    initial_api_version: str

    def hide(self, message: object) -> str:
        """The message without any secret text of the inputs."""
        known = self.cluster.secrets_of(self.urn)
        return hide(str(message), texts_to_hide(self.given, whole=False) if known is None else known)

    def error(self, message: str) -> ProviderError:
        """An error whose text shows no secret."""
        return ProviderError(self.hide(message))

    def outputs(self, live: Manifest, inputs: Manifest) -> Struct:
        """The outputs for the state."""
        return encode(
            outputs_of(
                live,
                inputs,
                self.given,
                initial_api_version=self.initial_api_version,
                field_manager=self.field_manager,
            )
        )

    def failed(
        self,
        message: str,
        live: Manifest,
        inputs: Manifest,
        reasons: Sequence[str] = (),
        checked: Struct | None = None,
    ) -> InitializationError:
        """The object is there, but not as it should be: keep it in the state, with the reasons."""
        lines = [self.hide(reason) for reason in reasons]
        summary = self.hide(message)
        text = "\n".join([summary, *(f"  - {line}" for line in lines)])
        return InitializationError(
            text,
            resource_id=resource_id(live),
            properties=self.outputs(live, inputs),
            reasons=[summary, *lines],
            inputs=checked,
        )

    def status(self, text: str) -> None:
        """Shows in the resource's row what it waits for."""
        self.cluster.log.status(self.urn, self.hide(text))

    def wait(self, live: Manifest, inputs: Manifest, timeout: float) -> Manifest:
        """The object once it is ready. Raises InitializationError."""
        try:
            rule = judge_of(inputs)
        except ValueError as error:
            raise self.failed(f"{resource_id(live)}: {error}", live, inputs) from error
        if rule is None:
            return live
        judge, default = rule
        try:
            return wait_until_ready(
                live,
                judge,
                self.cluster.api,
                seconds=timeout_of(inputs, timeout, default),
                stop=self.cluster.stop,
                status=self.status,
            )
        except NotReadyError as error:
            raise self.failed(str(error), error.live, inputs, error.reasons) from error
        except Exception as error:
            # Whatever went wrong, the object is there: it must not get lost to the state.
            raise self.failed(f"the wait for {resource_id(live)} failed: {error!r}", live, inputs) from error
