"""What an image is called, and which images only pass on what others say."""

from __future__ import annotations

from roadmap.anti_patterns import repository_name

PROXIES = frozenset({"haproxy", "envoy"})


def is_proxy_image(image: str) -> bool:
    """Whether an image is a proxy's, by its name."""
    return repository_name(image) in PROXIES


def repository(image: str) -> str:
    """An image's repository with its registry, without tag and digest."""
    head, slash, tail = image.partition("@")[0].rpartition("/")
    return head + slash + tail.partition(":")[0]
