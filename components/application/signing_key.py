"""The private key that signs access tokens: in one Secret, in one namespace, mounted into one workload.

Everybody else validates by the public keys on the JWKS path, so no secret is shared to validate a token (3.
Auth Module Extraction, Phase 3).
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random

from components.labels import labels
from components.rendering.signing_key import SEED_BYTES, ed25519_private_key

KEY_FILE = "private.pem"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSigning:
    """What the one workload that signs tokens is given."""

    secret_name: pulumi.Output[str]
    """Secret with the private key under `KEY_FILE`."""
    jwks_path: str
    """Path on which the workload publishes the public key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeyArgs:
    """The signing key of one owner."""

    owner: str
    """Owner whose tokens it signs."""
    namespace: pulumi.Input[str]
    """Namespace of the owner."""


class SigningKey(pulumi.ComponentResource):
    """An Ed25519 key as PKCS#8 PEM, protected: losing it ends every session at once."""

    secret_name: pulumi.Output[str]
    """Secret with the key under `KEY_FILE`."""

    def __init__(self, name: str, args: SigningKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("extraction:application:SigningKey", name, None, opts)
        protected = pulumi.ResourceOptions(parent=self, protect=True)
        seed = random.RandomBytes(f"{name}-seed", length=SEED_BYTES, opts=protected)
        seed_bytes: pulumi.Output[str] = pulumi.Output.secret(seed.base64)
        secret_name = f"{args.owner}-signing-key"
        secret = k8s.core.v1.Secret(
            f"{name}-secret",
            metadata={
                "name": secret_name,
                "namespace": args.namespace,
                "labels": labels(owner=args.owner, name=secret_name, component="signing-key"),
            },
            string_data={KEY_FILE: seed_bytes.apply(ed25519_private_key)},
            opts=protected,
        )
        self.secret_name = secret.metadata.name
        self.register_outputs({"secretName": self.secret_name})
