"""Services share infrastructure utilities, and no business logic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.resources import UNKNOWN, mapping, text
from roadmap.anti_patterns import is_identity_product

from ..cyclonedx import Bill, read_bill
from ..images import is_proxy_image, repository
from ..rule import RoadmapRule, texts_of, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "shared-library"
PROJECT = Path(__file__).resolve().parents[3]
FOLDER = "stacks/sboms/{environment}"
INTERNAL = ("pmt-*", "pmt", "app")
ALLOWED = ("pmt-logging", "pmt-auth-validation")
"""Infrastructure utilities: logging and the validation of tokens."""
_UNSHOWN = "an image that only the update will know"


def check(stack: Stack, config: Mapping[str, Any]) -> Iterator[Finding]:
    """The bill of materials of each extracted service that runs an image of ours."""
    declared = mapping(config.get("sboms"))
    environment = stack.move.environment.value if stack.move is not None else "unknown"
    folder = PROJECT / (text(config.get("folder")) or FOLDER).replace("{environment}", environment)
    internal = texts_of(config, "internal", INTERNAL)
    allowed = texts_of(config, "allowed", ALLOWED)
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
                owners=(domain,),
            )
            continue
        for reason in _judge(bill, images, internal, allowed):
            yield violation(ID, resource, f"{domain}: {reason}", owners=(domain,))


def _images(stack: Stack, domain: str) -> set[str]:
    """Repositories of what a domain runs, products of others left out; `_UNSHOWN` stands for one not known yet."""
    found = set()
    for workload in stack.serving(domain):
        for image in list(stack.images_of(workload)) or [UNKNOWN]:
            if not isinstance(image, str) or not image:
                found.add(_UNSHOWN)
            elif not is_proxy_image(image) and not is_identity_product(image):
                found.add(repository(image))
    return found


def _judge(
    bill: Bill, images: set[str], internal: tuple[str, ...], allowed: tuple[str, ...]
) -> Iterator[str]:
    for image in sorted(images - {bill.subject}):
        yield f"its bill of materials is of {bill.subject or 'nothing'}, and it runs {image}"
    for package in bill.packages:
        if package.is_internal(internal):
            if not package.is_called(allowed):
                only = f"only {', '.join(allowed)} may" if allowed else "none may"
                yield f"{package.name} is a library of ours, and {only} be shared"
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
