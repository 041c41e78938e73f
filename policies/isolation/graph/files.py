"""The files that a workload's containers mount from Secrets and ConfigMaps: only those, under the names they get."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..addresses.settings import settings_in, without_comments
from ..resources import dig, sequence, text
from .carriers import Carrier, carrier_of, data_of, fingerprint, lists_of
from .given import Variable, filled
from .index import Index
from .workloads import Workload

_SOURCES = (
    ("configMap", "ConfigMap", "name"),
    ("secret", "Secret", "secretName"),
    ("secret", "Secret", "name"),
)
# Files for people and browsers: what they say of addresses is no setting.
_PROSE = (".md", ".rst", ".adoc", ".html", ".css", ".svg")


def mounted_files(workload: Workload, index: Index, known: Mapping[str, Variable]) -> Iterator[Variable]:
    """The files of a pod, whole and setting by setting; `known` are the variables that they may refer to."""
    for volume in sequence(dig(workload.pod, "volumes")):
        parts = _parts_mounted(workload, text(dig(volume, "name")) or "")
        for source in (volume, *sequence(dig(volume, "projected", "sources"))):
            for field, kind, name_field in _SOURCES:
                reference = text(dig(source, field, name_field))
                if reference:
                    carrier = carrier_of(kind, reference, workload, index)
                    yield from _files_of(carrier, dig(source, field, "items"), parts, known)


def by_file(files: Iterable[Variable]) -> Iterator[list[Variable]]:
    """The settings of each file; the files of one line in a Secret or ConfigMap are its settings together."""
    settings: dict[tuple[str, str, str, str | None], list[Variable]] = {}
    for item in files:
        carrier = item.carrier
        assert carrier is not None
        alone = isinstance(item.value, str) and (item.free_text or item.name != item.carrier_key)
        key = item.carrier_key if alone else None
        settings.setdefault((carrier.kind, carrier.namespace, carrier.name, key), []).append(item)
    yield from settings.values()


def _parts_mounted(workload: Workload, volume: str) -> tuple[str, ...]:
    """The paths within a volume that containers mount, empty for all of it; a volume not mounted yet is seen whole."""
    mounts = [
        mount
        for container in workload.containers()
        for mount in sequence(dig(container, "volumeMounts"))
        if text(dig(mount, "name")) == volume
    ]
    return tuple((text(dig(mount, "subPath")) or "").strip("/") for mount in mounts) or ("",)


def _files_of(
    carrier: Carrier, items: Any, parts: tuple[str, ...], known: Mapping[str, Variable]
) -> Iterator[Variable]:
    data = dict(data_of(carrier))
    chosen = {
        text(dig(item, "key")) or "": text(dig(item, "path")) or text(dig(item, "key")) or ""
        for item in sequence(items)
    }
    paths = {
        key: path
        for key, path in (chosen or {key: key for key in data}).items()
        if any(not part or path == part or path.startswith(part + "/") for part in parts)
    }
    if not paths and not chosen:
        yield Variable(name="", value=None, carrier=carrier, steps=(carrier.title,))
    for key, path in paths.items():
        if key in data:
            yield from _file(carrier, key, path, data[key], known)
        else:
            yield Variable(name="", value=None, carrier=carrier, carrier_key=key, steps=(carrier.title,))


def _file(
    carrier: Carrier, key: str, path: str, value: Any, known: Mapping[str, Variable]
) -> Iterator[Variable]:
    common: dict[str, Any] = {
        "carrier": carrier,
        "carrier_key": key,
        "steps": (carrier.title,),
        "lists": (*lists_of(carrier), *([fingerprint(value)] if isinstance(value, str) else [])),
    }
    if not isinstance(value, str):
        yield Variable(name=key, value=value, **common)
        return
    if path.endswith(_PROSE):
        yield Variable(name="", value="", **common)
        return
    value = filled(without_comments(path, value), known)
    if "\n" not in value.strip():
        yield Variable(name=key, value=value.strip(), **common)
    for name, setting in settings_in(path, value):
        yield Variable(name=name, value=setting, **common)
    yield Variable(name=key, value=value, free_text=True, **common)
