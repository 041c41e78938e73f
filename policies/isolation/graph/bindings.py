"""ServiceBindings: workloads that are given a store's connection without a word of it in their own manifests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..resources import Resource, dig, mapping, text
from .carriers import carrier_of, data_of
from .given import Variable
from .index import Index
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph, Use


def bound_variables(workload: Workload, index: Index) -> Iterator[list[Variable]]:
    """The keys of each Secret that a ServiceBinding projects into the workload."""
    for binding in _bindings(workload, index):
        service = dig(binding.body, "spec", "service")
        name = text(dig(service, "name"))
        if name and text(dig(service, "kind")) == "Secret":
            carrier = carrier_of("Secret", name, workload, index)
            steps = (binding.title, carrier.title)
            yield [
                Variable(name=key, value=value, carrier=carrier, carrier_key=key, steps=steps)
                for key, value in data_of(carrier)
            ] or [Variable(name="", value=None, carrier=carrier, steps=steps)]


def binding_uses(graph: Graph, workload: Workload) -> Iterator[Use]:
    """Uses of operators' stores that a ServiceBinding names as its service."""
    from .graph import Use

    for binding in _bindings(workload, graph.index):
        service = dig(binding.body, "spec", "service")
        kind, name = text(dig(service, "kind")), text(dig(service, "name"))
        for store, _ in graph.operated:
            if (store.display_kind, store.name, store.namespace) == (kind, name, workload.namespace):
                logical = next(iter(store.own_logicals), None)
                yield Use(
                    workload=workload, store=store, logical=logical, via="credential", steps=(binding.title,)
                )


def _bindings(workload: Workload, index: Index) -> Iterator[Resource]:
    resource = workload.resource
    for binding in index.of_kind("ServiceBinding"):
        target = dig(binding.body, "spec", "workload")
        labels = mapping(dig(target, "selector", "matchLabels"))
        chosen = (
            text(dig(target, "name")) == resource.name
            if dig(target, "name")
            else bool(labels)
            and all(text(resource.labels.get(key)) == text(value) for key, value in labels.items())
        )
        near = (binding.namespace or "default") == workload.namespace
        if chosen and near and text(dig(target, "kind")) == resource.kind:
            yield binding
