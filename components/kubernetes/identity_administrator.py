"""The first user of an identity product, by whom its realm is configured.

The product creates it at its first start with an empty database and never looks at the variables again, so the
credential has to live exactly as long as the database: through parking, and back.
"""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core.v1 import EnvVarArgsDict

from components.credentials import Credential, carry_credential, generate_password, object_name
from components.labels import labels
from roadmap.topology import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityAdministratorArgs:
    """The store that the product keeps its accounts in."""

    store: Store
    """A store with an `administrator`."""
    namespace: pulumi.Input[str]
    """Namespace of the store's owner."""


class IdentityAdministrator(pulumi.ComponentResource):
    """A generated password and its Secret, protected until the store is discarded."""

    credential: Credential
    """Name and password of the administrator."""

    def __init__(
        self, name: str, args: IdentityAdministratorArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("extraction:kubernetes:IdentityAdministrator", name, None, opts)
        store = args.store
        if store.administrator is None:
            raise ValueError(f"store {store.name} ({store.owner}) keeps no accounts of a product")
        secret_name = object_name(store.name, store.administrator)
        self.credential = carry_credential(
            secret_name,
            username=store.administrator,
            password=generate_password(secret_name, parent=self, protect=not store.discarding),
            namespace=args.namespace,
            object_labels=labels(owner=store.owner, name=secret_name, component="administrator"),
            parent=self,
            protect=not store.discarding,
        )
        self.register_outputs({"secretName": self.credential.secret_name})

    def bootstrap_variables(self) -> list[EnvVarArgsDict]:
        """Variables from which Keycloak creates the user; they do not belong into a digest that rolls its pods."""
        return _variables(self.credential, "KC_BOOTSTRAP_ADMIN_USERNAME", "KC_BOOTSTRAP_ADMIN_PASSWORD")


def login_variables(credential: Credential) -> list[EnvVarArgsDict]:
    """Variables by which keycloak-config-cli logs in as that user."""
    return _variables(credential, "KEYCLOAK_USER", "KEYCLOAK_PASSWORD")


def _variables(credential: Credential, username: str, password: str) -> list[EnvVarArgsDict]:
    return [
        {
            "name": variable,
            "value_from": {"secret_key_ref": {"name": credential.secret_name, "key": key}},
        }
        for variable, key in ((username, "username"), (password, "password"))
    ]
