"""The identity service is a known product, not one of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from roadmap.anti_patterns import IDENTITY_PRODUCTS, is_identity_product
from roadmap.vocabulary import MONOLITH

from ..images import is_proxy_image, repository
from ..rule import RoadmapRule, texts_of, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "auth-custom-provider"
DOMAIN = "auth"


def check(stack: Stack, config: Mapping[str, Any]) -> Iterator[Finding]:
    """Images of everything that auth runs on and on; none of it runs when the issuer is outside the cluster."""
    products = texts_of(config, "products", IDENTITY_PRODUCTS)
    monolith = {
        repository(image)
        for item in stack.workloads_of(MONOLITH)
        for image in item.images
        if not is_proxy_image(image)
    }
    for workload in stack.serving(DOMAIN):
        for image in stack.images_of(workload):
            if not isinstance(image, str) or not image:
                yield violation(
                    ID, workload.resource, f"{workload.resource.title} runs an image that is not known yet"
                )
            elif repository(image) in monolith:
                yield violation(
                    ID, workload.resource, f"{workload.resource.title} runs the monolith's own image"
                )
            elif not is_identity_product(image, products) and not is_proxy_image(image):
                which = f"which is none of {', '.join(products)}" if products else "and no product is allowed"
                yield violation(
                    ID, workload.resource, f"{workload.resource.title} runs {repository(image)}, {which}"
                )


RULE = RoadmapRule(
    id=ID,
    section="3. Auth Module Extraction, Anti-Patterns",
    cause="Auth runs an identity provider of our own making.",
    explanation="Login, recovery, brute force and rotation are solved, audited and kept up by others; a mistake of "
    "ours in any of them opens every service at once.",
    remedy="Run a managed product such as Keycloak, under its own image name, or trust an external issuer by URL.",
    level=MANDATORY,
    check=check,
    config={
        "products": {"type": "array", "items": {"type": "string"}, "default": list(IDENTITY_PRODUCTS)},
    },
)
