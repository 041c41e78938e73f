"""A generated password and the Secret that carries it to its one owner.

Passwords are alphanumeric, so that they stand in URLs, ACL files and SQL without an escape that one of them
would read differently.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random

PASSWORD_LENGTH = 32
"""190 bits: as good against guessing as the hashes that some servers store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One user of one server, and the Secret in the namespace of the owner who logs in as that user."""

    username: str
    password: pulumi.Output[str]
    secret_name: pulumi.Output[str]
    """Secret of type `kubernetes.io/basic-auth`: keys `username` and `password`."""


def generate_password(name: str, *, parent: pulumi.Resource, protect: bool) -> pulumi.Output[str]:
    """A password; with `protect` it lives as long as the store it opens, else it may go with its user.

    A user that a phase adds goes with the phase, and one that comes back gets another password: nothing is lost.
    """
    password = random.RandomPassword(
        f"{name}-password",
        length=PASSWORD_LENGTH,
        special=False,
        opts=pulumi.ResourceOptions(parent=parent, protect=protect),
    )
    return pulumi.Output.secret(password.result)


def carry_credential(
    name: str,
    *,
    username: str,
    password: pulumi.Output[str],
    namespace: pulumi.Input[str],
    object_labels: Mapping[str, str],
    parent: pulumi.Resource,
    protect: bool,
    extra: Mapping[str, pulumi.Input[str]] | None = None,
) -> Credential:
    """Put a password into a Secret called `name`; `extra` holds further keys that a server asks for.

    `protect` is that of its password.
    """
    secret = k8s.core.v1.Secret(
        f"{name}-credential",
        metadata={"name": name, "namespace": namespace, "labels": dict(object_labels)},
        type="kubernetes.io/basic-auth",
        string_data={"username": username, "password": password, **(extra or {})},
        opts=pulumi.ResourceOptions(parent=parent, protect=protect),
    )
    return Credential(username=username, password=password, secret_name=secret.metadata.name)


def object_name(*parts: str) -> str:
    """A Kubernetes name from parts that may hold the underscores of SQL names."""
    return "-".join(parts).replace("_", "-")
