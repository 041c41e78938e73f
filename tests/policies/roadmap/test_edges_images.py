"""What an image is called, and which ones are proxies."""

from __future__ import annotations

import pytest

from policies.roadmap.images import is_proxy_image, repository


@pytest.mark.parametrize(
    ("image", "proxy"),
    [
        pytest.param("haproxy:3", True, id="HAProxy"),
        pytest.param(
            "mirror.example.com:5000/library/envoy@sha256:0", True, id="Envoy from a mirror, by digest"
        ),
        pytest.param("haproxy/dataplane:3", False, id="something else of a proxy's maker"),
        pytest.param("example.com/haproxy-exporter:1", False, id="what watches a proxy"),
    ],
)
def test_a_proxy_is_known_by_its_name(image: str, proxy: bool) -> None:
    assert is_proxy_image(image) is proxy


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        pytest.param("postgres", "postgres", id="a name alone"),
        pytest.param("postgres:16", "postgres", id="with a tag"),
        pytest.param(
            "registry.example.com:5000/pmt/ai", "registry.example.com:5000/pmt/ai", id="a registry's port"
        ),
        pytest.param(
            "registry.example.com:5000/pmt/ai:1", "registry.example.com:5000/pmt/ai", id="port and tag"
        ),
        pytest.param("pmt/ai:1@sha256:0", "pmt/ai", id="tag and digest"),
        pytest.param("pmt/ai@sha256:0", "pmt/ai", id="a digest"),
    ],
)
def test_a_repository_has_neither_tag_nor_digest(image: str, expected: str) -> None:
    assert repository(image) == expected
