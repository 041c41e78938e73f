"""What a service is built from, by its CycloneDX bill of materials in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from policies.isolation.resources import dig, mapping, sequence, text

from .images import repository

PUBLIC_HOSTS = (
    "pypi.org", "files.pythonhosted.org", "registry.npmjs.org", "repo1.maven.org", "repo.maven.apache.org",
    "proxy.golang.org", "crates.io", "static.crates.io", "rubygems.org", "deb.debian.org", "archive.ubuntu.com",
    "dl-cdn.alpinelinux.org",
)  # fmt: skip
PUBLIC_TYPES = ("pypi", "npm", "maven", "golang", "cargo", "gem", "deb", "apk", "rpm", "nuget", "generic-os")
"""Types of package URLs whose registry is a public one unless the URL says otherwise."""

NO_PACKAGES = ("operating-system", "file")
"""Types of components that are listed beside the packages, without a package URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One dependency."""

    name: str
    purl: str | None
    hosts: tuple[str, ...]
    """Where it says it comes from."""

    def is_called(self, patterns: Iterable[str]) -> bool:
        """Whether its name, with its group or without, fits one; case does not matter, nor `_` instead of `-`."""
        name = _folded(self.name)
        names = (name, name.rpartition("/")[2])
        return any(fnmatchcase(name, _folded(pattern)) for name in names for pattern in patterns)

    def is_internal(self, patterns: Iterable[str]) -> bool:
        """Whether it is one of the company's own: by name, or by coming from no public registry."""
        return self.is_called(patterns) or any(host not in PUBLIC_HOSTS for host in self.hosts)

    @property
    def provenance_known(self) -> bool:
        """Whether a package URL says from which kind of registry it comes."""
        if self.purl is None:
            return False
        kind = self.purl.removeprefix("pkg:").partition("/")[0]
        return self.purl.startswith("pkg:") and (kind in PUBLIC_TYPES or bool(self.hosts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A bill of materials: of what, and what is in it."""

    subject: str | None
    """Repository of the image it is of; None where it names none."""
    packages: tuple[Package, ...]


def read_bill(path: Path) -> Bill | str:
    """The bill in a file, or a sentence on why there is none."""
    try:
        content = json.loads(path.read_bytes())
    except OSError:
        return "cannot be read"
    except ValueError:
        return "is not valid JSON"
    if not isinstance(content, Mapping) or content.get("bomFormat") != "CycloneDX":
        return "is no CycloneDX document"
    components = sequence(content.get("components"))
    if not components:
        return "lists no components"
    return Bill(
        subject=_subject(mapping(dig(content, "metadata", "component"))),
        packages=tuple(
            _package(item)
            for found in components
            for item in _flat(found)
            if item.get("type") not in NO_PACKAGES
        ),
    )


def _flat(component: Any) -> Iterator[Mapping[str, Any]]:
    """A component and those inside it."""
    yield mapping(component)
    for nested in sequence(dig(component, "components")):
        yield from _flat(nested)


def _subject(component: Mapping[str, Any]) -> str | None:
    purl, name = text(component.get("purl")), text(component.get("name"))
    if purl is not None and purl.startswith("pkg:oci/"):
        name = _qualifiers(purl).get("repository_url", name)
    return repository(name) if name else None


def _package(component: Mapping[str, Any]) -> Package:
    purl = text(component.get("purl"))
    qualifiers = _qualifiers(purl)
    urls = [qualifiers[name] for name in ("repository_url", "download_url", "vcs_url") if name in qualifiers]
    urls += [
        found
        for item in sequence(component.get("externalReferences"))
        if dig(item, "type") == "distribution" and (found := text(dig(item, "url")))
    ]
    group, name = text(component.get("group")), text(component.get("name")) or "a component without a name"
    return Package(
        name=f"{group}/{name}" if group else name,
        purl=purl,
        hosts=tuple(map(_host, urls)),
    )


def _qualifiers(purl: str | None) -> dict[str, str]:
    if purl is None:
        return {}
    pairs = (pair.partition("=") for pair in purl.partition("#")[0].partition("?")[2].split("&"))
    return {name: unquote(value) for name, _, value in pairs if value}


def _host(url: str) -> str:
    """Where a URL leads; one that names no host, or cannot be read, stands for itself and is no public one."""
    try:
        return urlsplit(url if "://" in url else f"//{url}").hostname or url
    except ValueError:
        return url


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-")
