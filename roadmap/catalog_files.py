"""Loads the catalog, one YAML file a domain and one for the monolith, and holds its entries against each other."""

from pathlib import Path
from typing import Any, TypeVar

from roadmap.catalog_entries import Catalog, DomainEntry, MonolithEntry
from roadmap.catalog_rules import check_catalog
from roadmap.refusal import Refusal
from roadmap.validation import validated
from roadmap.yaml_files import read_yaml

FOLDER = Path(__file__).parent / "catalog"
MONOLITH_FILE = "monolith.yaml"
NO_DOMAINS = frozenset({MONOLITH_FILE, "principles.yaml"})
"""Files of the catalog that are no domain's."""


def load_catalog(folder: Path | None = None) -> Catalog:
    """Read every file of the folder, the project's own by default; raises Refusal for the first that is wrong."""
    folder = folder or FOLDER
    monolith = _read(folder / MONOLITH_FILE, MonolithEntry)
    domains: list[DomainEntry] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name in NO_DOMAINS:
            continue
        entry = _read(path, DomainEntry)
        if path.stem != entry.domain:
            raise Refusal(
                "a domain's file bears its name",
                file=str(path),
                key="domain",
                value=entry.domain,
                fix=f"rename the file to {entry.domain}.yaml, or the domain to {path.stem}",
            )
        domains.append(entry)
    ordered = sorted(domains, key=lambda entry: (entry.priority or 1_000_000, entry.domain))
    catalog = Catalog(monolith=monolith, domains=tuple(ordered))
    check_catalog(catalog, folder)
    return catalog


Entry = TypeVar("Entry", MonolithEntry, DomainEntry)


def _read(path: Path, model: type[Entry]) -> Entry:
    values: dict[str, Any] = read_yaml(path, what="catalog file")
    return validated(model, values, file=str(path))
