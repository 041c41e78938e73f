"""Every reference that an object of a stack makes, and what it may be rewired to: another owner's.

A reference is a place in one object. The same change is made to the live object, for the oracle, and to what the
program declares, for the pack; so a place counts only where both say the same.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .live import Live, Object, Place, place
from .oracle import BROKER, LOGIN, OWNER, WORKLOADS, owner_of, store_behind, template

Path = tuple[str | int, ...]
URL = re.compile(r"\w+(?:[:+]\w+)*://\S+")
FORMS = ("{name}.{namespace}", "{name}.{namespace}.svc", "{name}.{namespace}.svc.cluster.local")


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One place where an object names something; `what` is the kind of reference."""

    what: str
    object: Place
    owner: str
    path: Path
    value: Any
    told: str = ""
    """The part of `value` that names something, where it is only a part."""


@dataclass(frozen=True, kw_only=True)
class Rewired:
    """One reference, and what stands there now."""

    reference: Reference
    value: Any

    def __str__(self) -> str:
        kind, namespace, name = self.reference.object
        place_in = ".".join(map(str, self.reference.path))
        return f"{self.reference.what}: {kind} {namespace}/{name} {place_in} = {self.value!r}"

    def applied(self, item: Object) -> Object:
        """A copy of `item` with the one change.

        Raises:
            LookupError: `item` says something else there, or nothing.
        """
        changed = copy.deepcopy(dict(item))
        if self.reference.what == "owner label":
            relabelled: Object = _relabelled(changed, self.value)
            return relabelled
        where: Any = changed
        for step in self.reference.path[:-1]:
            where = where[step]
        last = self.reference.path[-1]
        if not _within(where[last], self.reference.value):
            raise LookupError(f"{self}: {where[last]!r}")
        where[last] = self.value
        return changed


def _within(stated: Any, found: Any) -> bool:
    """Whether everything stated is found; the API server adds defaults to what a program states."""
    if isinstance(stated, dict) and isinstance(found, dict):
        return all(key in found and _within(value, found[key]) for key, value in stated.items())
    if isinstance(stated, list) and isinstance(found, list):
        return len(stated) == len(found) and all(map(_within, stated, found))
    return bool(stated == found)


def _relabelled(item: Any, owner: str) -> Any:
    """The object with its owner label changed wherever it carries it: one argument of the program says all of them."""
    if isinstance(item, dict):
        return {key: owner if key == OWNER else _relabelled(value, owner) for key, value in item.items()}
    return [_relabelled(value, owner) for value in item] if isinstance(item, list) else item


def references(live: Live) -> list[Reference]:
    """Every reference of every object that the program declares."""
    found: list[Reference] = []
    for item in live.objects.values():
        if "ownerReferences" in item["metadata"]:
            continue  # an operator's or a controller's: no program declares it
        if item["kind"] in WORKLOADS and item["kind"] != "Pod":
            found += _of_pods(live, item)
        if item["kind"] in {*WORKLOADS, "Secret", "PersistentVolumeClaim"} and _labelled(item):
            found.append(_reference(live, "owner label", item, ("metadata", "labels", OWNER)))
        if item["kind"] == "ConfigMap":
            for key in item.get("data") or {}:
                found += _of_text(live, item, ("data", key))
        if item["kind"] == "NetworkPolicy":
            found += _of_peers(live, item)
        if item["kind"] == "Service":
            found.append(_reference(live, "service", item, ("spec",)))
        if item["kind"] == "Cluster" and "secret" in item["spec"]["bootstrap"].get("initdb", {}):
            path = ("spec", "bootstrap", "initdb", "secret", "name")
            found.append(_reference(live, "secret name", item, path))
    return found


def _labelled(item: Object) -> bool:
    return OWNER in (item["metadata"].get("labels") or {})


def _reference(live: Live, what: str, item: Object, path: Path, told: str = "") -> Reference:
    value: Any = item
    for step in path:
        value = value[step]
    return Reference(
        what=what, object=place(item), owner=owner_of(live, item), path=path, value=value, told=told
    )


def _of_pods(live: Live, item: Object) -> Iterator[Reference]:
    stem: Path = (
        *(("spec", "jobTemplate", "spec") if item["kind"] == "CronJob" else ("spec",)), "template", "spec"
    )  # fmt: skip
    pod = template(item)["spec"]
    if "serviceAccountName" in pod:
        yield _reference(live, "service account", item, (*stem, "serviceAccountName"))
    for number, volume in enumerate(pod.get("volumes") or ()):
        for key, name, what in (
            ("secret", "secretName", "secret name"), ("configMap", "name", "config map name"),
            ("persistentVolumeClaim", "claimName", "claim name"),
        ):  # fmt: skip
            if key in volume:
                yield _reference(live, what, item, (*stem, "volumes", number, key, name))
    for kind in ("initContainers", "containers"):
        for number, container in enumerate(pod.get(kind) or ()):
            yield from _of_container(live, item, container, (*stem, kind, number))


def _of_container(live: Live, item: Object, container: Mapping[str, Any], stem: Path) -> Iterator[Reference]:
    for number, source in enumerate(container.get("envFrom") or ()):
        for key, what in (("configMapRef", "config map name"), ("secretRef", "secret name")):
            if key in source:
                yield _reference(live, what, item, (*stem, "envFrom", number, key, "name"))
    for number, entry in enumerate(container.get("env") or ()):
        at = (*stem, "env", number)
        if "secretKeyRef" in (entry.get("valueFrom") or {}):
            yield _reference(live, "secret name", item, (*at, "valueFrom", "secretKeyRef", "name"))
        elif "value" in entry:
            yield from _of_text(live, item, (*at, "value"))
    for key in ("command", "args"):
        for number, _ in enumerate(container.get(key) or ()):
            yield from _of_text(live, item, (*stem, key, number))


def _of_text(live: Live, item: Object, path: Path) -> Iterator[Reference]:
    """The hosts, logins and whole addresses in a text."""
    whole = _reference(live, "url", item, path)
    text, namespace = str(whole.value), item["metadata"]["namespace"]
    if URL.fullmatch(text):
        yield whole
    for match in re.finditer(r"(?<![-.\w])[a-z0-9-]+\.[a-z0-9-]+\.svc(?:\.cluster\.local)?(?::\d+)?", text):
        yield _reference(live, "host", item, path, match[0])
    for login, host in LOGIN.findall(text):
        store = store_behind(live, host, namespace)
        if store is not None and store.engine == BROKER:
            yield _reference(live, "login", item, path, f"//{login}:")


def _of_peers(live: Live, item: Object) -> Iterator[Reference]:
    for direction, key in (("ingress", "from"), ("egress", "to")):
        for number, rule in enumerate(item["spec"].get(direction) or ()):
            for position, peer in enumerate(rule.get(key) or ()):
                if "podSelector" in peer and "namespaceSelector" in peer:
                    path = ("spec", direction, number, key, position)
                    yield _reference(live, f"network {direction}", item, path)


def rewired(live: Live, all_references: Sequence[Reference], chance: random.Random) -> Rewired:
    """One reference, drawn at random by kind and then among its kind, that now names what another owner has."""
    while True:
        what = chance.choice(sorted({reference.what for reference in all_references}))
        reference = chance.choice([item for item in all_references if item.what == what])
        value = VALUES[what](live, all_references, reference, chance)
        if value is not None and value != reference.value:
            return Rewired(reference=reference, value=value)


def _same_of_another(
    _live: Live, everything: Sequence[Reference], reference: Reference, chance: random.Random
) -> Any:
    """What a reference of the same kind says elsewhere, at another owner's."""
    others = [item for item in everything if item.what == reference.what and item.owner != reference.owner]
    return chance.choice(others).value if others else None


def _another_owner(
    _live: Live, everything: Sequence[Reference], reference: Reference, chance: random.Random
) -> str:
    return chance.choice(sorted({item.owner for item in everything} - {reference.owner}))


def _store_service(live: Live, owner: str, chance: random.Random) -> tuple[str, int]:
    """Host, in any of the forms that DNS knows, and port of a store that is not `owner`'s."""
    found = []
    for service in live.of("Service"):
        name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
        store = store_behind(live, name, namespace)
        if store is not None and store.owner != owner and store.engine != BROKER:
            found.append((name, namespace, service["spec"]["ports"][0]["port"]))
    name, namespace, port = chance.choice(sorted(found))
    return chance.choice(FORMS).format(name=name, namespace=namespace), port


def _another_host(
    live: Live, _everything: Sequence[Reference], reference: Reference, chance: random.Random
) -> str:
    host, port = _store_service(live, reference.owner, chance)
    return str(reference.value).replace(
        reference.told, f"{host}:{port}" if ":" in reference.told else host, 1
    )


def _another_login(
    live: Live, everything: Sequence[Reference], reference: Reference, chance: random.Random
) -> Any:
    others = sorted({item.told for item in everything if item.what == "login"} - {reference.told})
    return str(reference.value).replace(reference.told, chance.choice(others)) if others else None


def _external(
    live: Live, _everything: Sequence[Reference], reference: Reference, chance: random.Random
) -> Any:
    """The Service leads out of its namespace, to a store of another owner."""
    host, _ = _store_service(live, reference.owner, chance)
    if host.count(".") == 1:
        host += ".svc.cluster.local"  # DNS follows an ExternalName without search domains
    return {"type": "ExternalName", "externalName": host, "ports": reference.value["ports"]}


VALUES: Mapping[str, Callable[[Live, Sequence[Reference], Reference, random.Random], Any]] = {
    "owner label": _another_owner,
    "secret name": _same_of_another,
    "config map name": _same_of_another,
    "claim name": _same_of_another,
    "service account": _same_of_another,
    "url": _same_of_another,
    "network ingress": _same_of_another,
    "network egress": _same_of_another,
    "host": _another_host,
    "login": _another_login,
    "service": _external,
}
