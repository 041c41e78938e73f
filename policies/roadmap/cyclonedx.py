"""What a service is built from, by its CycloneDX bill of materials in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from policies.isolation.resources import sequence, text

PUBLIC_HOSTS = (
    "pypi.org", "files.pythonhosted.org", "registry.npmjs.org", "repo1.maven.org", "repo.maven.apache.org",
    "proxy.golang.org", "crates.io", "static.crates.io", "rubygems.org", "deb.debian.org", "archive.ubuntu.com",
    "dl-cdn.alpinelinux.org",
)  # fmt: skip
PUBLIC_TYPES = ("pypi", "npm", "maven", "golang", "cargo", "gem", "deb", "apk", "rpm", "nuget", "generic-os")
"""Types of package URLs whose registry is a public one unless the URL says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One dependency."""

    name: str
    purl: str | None
    hosts: tuple[str, ...]
    """Where it says it comes from."""

    def is_internal(self, patterns: tuple[str, ...]) -> bool:
        """Whether it is one of the company's own: by name, or by coming from no public registry."""
        names = {self.name, self.name.replace("_", "-")}
        named = any(fnmatchcase(name.lower(), pattern.lower()) for name in names for pattern in patterns)
        return named or any(host not in PUBLIC_HOSTS for host in self.hosts)

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
        content = json.loads(path.read_text())
    except OSError:
        return "cannot be read"
    except ValueError:
        return "is not valid JSON"
    if not isinstance(content, Mapping) or content.get("bomFormat") != "CycloneDX":
        return "is no CycloneDX document"
    components = content.get("components")
    if not isinstance(components, list):
        return "lists no components"
    return Bill(
        subject=_subject(content.get("metadata")),
        packages=tuple(_package(item) for found in components for item in _flat(found)),
    )


def _flat(component: Any) -> list[Mapping[str, Any]]:
    """A component and those inside it."""
    if not isinstance(component, Mapping):
        return [{}]
    return [component, *(item for nested in sequence(component.get("components")) for item in _flat(nested))]


def _subject(metadata: Any) -> str | None:
    component = metadata.get("component") if isinstance(metadata, Mapping) else None
    if not isinstance(component, Mapping):
        return None
    purl = text(component.get("purl")) or ""
    if purl.startswith("pkg:oci/"):
        found = _qualifiers(purl).get("repository_url")
        if found:
            return found.partition("@")[0]
    return text(component.get("name"))


def _package(component: Mapping[str, Any]) -> Package:
    purl = text(component.get("purl"))
    qualifiers = _qualifiers(purl or "")
    urls = [qualifiers[name] for name in ("repository_url", "download_url", "vcs_url") if name in qualifiers]
    urls += [
        found
        for item in sequence(component.get("externalReferences"))
        if isinstance(item, Mapping)
        and text(item.get("type")) == "distribution"
        and (found := text(item.get("url")))
    ]
    group, name = text(component.get("group")), text(component.get("name")) or "a component without a name"
    return Package(
        name=f"{group}/{name}" if group else name,
        purl=purl,
        hosts=tuple(host for url in urls if (host := _host(url))),
    )


def _qualifiers(purl: str) -> dict[str, str]:
    query = purl.partition("#")[0].partition("?")[2]
    return {name: unquote(value) for name, value in parse_qsl(query)}


def _host(url: str) -> str:
    address = url.removeprefix("git+")
    return urlsplit(address if "://" in address else f"//{address}").hostname or address
