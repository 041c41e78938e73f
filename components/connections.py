"""What a workload needs to reach a store or the broker, whichever platform runs it.

Addresses are Outputs of the server itself, so that a workload waits for its server, and a policy that follows
dependencies finds the way from the workload to the store.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pulumi
from pulumi_kubernetes.core.v1 import EnvVarArgsDict

from components.credentials import Credential
from components.rendering.urls import password_variable, username_variable
from roadmap.topology import BrokerUse, StoreUse


class ConnectableStore(Protocol):
    """A store of any platform."""

    credentials: Mapping[str, Credential]

    def url(self, use: StoreUse, password_variable: str) -> pulumi.Output[str]:
        """Connection URL in the form that `use` asks for; a `url` leaves the password as `$(password_variable)`."""


class ConnectableBroker(Protocol):
    """A broker of any platform."""

    credentials: Mapping[str, Credential]
    """Credentials of users, each in the namespace of the user's owner."""
    ready: pulumi.Resource
    """Exists once users, exchanges and queues do."""

    def url(self, use: BrokerUse, password_variable: str) -> pulumi.Output[str]:
        """Connection URL with the password left as `$(password_variable)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Everything one owner's workloads may be connected to."""

    stores: Mapping[str, ConnectableStore]
    """The owner's own stores, by name."""
    broker: ConnectableBroker

    def environment(self, stores: Sequence[StoreUse], broker: BrokerUse | None) -> list[EnvVarArgsDict]:
        """Variables of one container: each URL after the password it refers to, as the kubelet expands in order."""
        variables: list[EnvVarArgsDict] = []
        for use in stores:
            store = self.stores[use.store]
            password = password_variable(use.variable)
            if use.form == "jdbc":
                variables.append({"name": username_variable(use.variable), "value": use.user})
            variables += _pair(use.variable, password, store.url(use, password), store.credentials[use.user])
        if broker is not None:
            password = password_variable(broker.variable)
            url = self.broker.url(broker, password)
            variables += _pair(broker.variable, password, url, self.broker.credentials[broker.user])
        return variables

    def passwords(self, stores: Sequence[StoreUse], broker: BrokerUse | None) -> list[pulumi.Output[str]]:
        """The passwords behind the same variables, for a digest that rolls the pods when one is rotated."""
        found = [self.stores[use.store].credentials[use.user].password for use in stores]
        if broker is not None:
            found.append(self.broker.credentials[broker.user].password)
        return found


def _pair(
    variable: str, password: str, url: pulumi.Output[str], credential: Credential
) -> list[EnvVarArgsDict]:
    return [
        {
            "name": password,
            "value_from": {"secret_key_ref": {"name": credential.secret_name, "key": "password"}},
        },
        {"name": variable, "value": url},
    ]
