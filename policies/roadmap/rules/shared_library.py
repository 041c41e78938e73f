"""Services share infrastructure utilities, and no business logic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.resources import UNKNOWN, mapping, sequence, text
from roadmap.anti_patterns import is_identity_product

from ..cyclonedx import Bill, read_bill
from ..images import is_proxy_image
from ..rule import RoadmapRule, violation
from ..stack import Stack

ID = "shared-library"
PROJECT = Path(__file__).resolve().parents[3]
FOLDER = "stacks/sboms/{environment}"
INTERNAL = ("pmt-*", "pmt_*", "pmt", "app")
ALLOWED = ("pmt-logging", "pmt-auth-validation")
"""Infrastructure utilities: logging and the validation of tokens."""


def check(stack: Stack, config: Mapping[str, Any]) -> Iterator[Finding]:
    """The bill of materials of each extracted service that runs an image of ours."""
    declared = mapping(config.get("sboms"))
    environment = stack.move.environment.value if stack.move is not None else "unknown"
    folder = PROJECT / (text(config.get("folder")) or FOLDER).replace("{environment}", environment)
    internal = _texts(config, "internal", INTERNAL)
    allowed = _texts(config, "allowed", ALLOWED)
    for domain in stack.catalog.names:
        images = _images(stack, domain)
        if not images:
            continue
        stated = text(declared.get(domain))
        path = PROJECT / stated if stated else folder / f"{domain}.cdx.json"
        resource = stack.serving(domain)[0].resource
        bill = read_bill(path)
        if isinstance(bill, str):
            where = path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path
            yield violation(
                ID,
                resource,
                f"{domain}: bill of materials {where} {bill}; nobody knows what is in it",
            )
            continue
        for reason in _judge(bill, images, internal, allowed):
            yield violation(ID, resource, f"{domain}: {reason}", owners=(domain,))


def _texts(config: Mapping[str, Any], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(known for item in sequence(config.get(name)) if (known := text(item))) or default


def _images(stack: Stack, domain: str) -> set[str]:
    """Repositories of what a domain runs, products of others left out; `?` stands for one not known yet."""
    found = set()
    for workload in stack.serving(domain):
        for image in stack.images_of(workload):
            if image is UNKNOWN or not isinstance(image, str):
                found.add("?")
            elif image and not is_proxy_image(image) and not is_identity_product(image):
                head, slash, tail = image.partition("@")[0].rpartition("/")
                found.add(head + slash + tail.partition(":")[0])
    return found


def _judge(
    bill: Bill, images: set[str], internal: tuple[str, ...], allowed: tuple[str, ...]
) -> Iterator[str]:
    for image in sorted(images - {bill.subject or ""}):
        yield f"its bill of materials is of {bill.subject or 'nothing'}, and it runs {image}"
    for package in bill.packages:
        if package.is_internal(internal):
            if package.name.lower().replace("_", "-") not in allowed:
                yield f"{package.name} is a library of ours, and only {', '.join(allowed)} may be shared"
        elif not package.provenance_known:
            yield f"nothing says where {package.name} comes from"


RULE = RoadmapRule(
    id=ID,
    section="Global Anti-Patterns, Shared libraries with business logic",
    cause="A service is built from a shared library that is no infrastructure utility, or nobody knows from what.",
    explanation="A library with business logic couples services at build time: a changed rule has to be released in "
    "all of them at once, and nothing in a manifest shows it.",
    remedy="Copy the logic to its one owner, or make it an event or an API. Have each pipeline write a CycloneDX bill "
    "of materials, and name it in `sboms`.",
    level=MANDATORY,
    check=check,
    config={
        "sboms": {"type": "object", "additionalProperties": {"type": "string"}},
        "folder": {"type": "string", "default": FOLDER},
        "internal": {"type": "array", "items": {"type": "string"}, "default": list(INTERNAL)},
        "allowed": {"type": "array", "items": {"type": "string"}, "default": list(ALLOWED)},
    },
)
