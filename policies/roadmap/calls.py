"""Addresses of other owners' Services in what a workload is given, over HTTP or gRPC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.isolation.graph.workloads import Workload
from policies.isolation.resources import Resource

if TYPE_CHECKING:
    from .stack import Stack

_URL = re.compile(r"\b(?:https?|grpcs?|wss?|h2c)://(?:[^/@\s]*@)?([A-Za-z0-9][A-Za-z0-9.-]*)")
_HOST = re.compile(r"(?:dns:/{0,3})?(?=.*(?:\.svc\b|:\d+$))([a-z0-9][a-z0-9.-]*)(?::\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A workload is given the address of another owner's workload."""

    workload: Workload
    variable: str
    """Name of the variable, flag or file, or `an argument`."""
    target: Resource
    owner: str
    """Owner of the target."""


def find_calls(stack: Stack) -> Iterator[Call]:
    """Every such address in a variable, argument or file; stores are the isolation pack's, the broker is transport."""
    for workload in stack.index.workloads.values():
        ours = stack.owner_of(workload.resource)
        if ours is None:
            continue
        seen: set[tuple[str, str]] = set()
        for variable in (item for group in stack.given(workload) for item in group):
            if not isinstance(variable.value, str):
                continue
            hosts = _URL.findall(variable.value)
            if match := _HOST.fullmatch(variable.value):
                hosts.append(match[1])
            for host in hosts:
                found = stack.names.resolve(host, workload.namespace, workload.resource.scope)
                for target in found.workloads if found is not None else ():
                    theirs = stack.owner_of(target.resource)
                    where = (variable.name, target.key)
                    if theirs is None or theirs == ours or target.key in stack.stores or where in seen:
                        continue
                    seen.add(where)
                    yield Call(
                        workload=workload,
                        variable=variable.name or "an argument",
                        target=target.resource,
                        owner=theirs,
                    )
