"""What a bill of materials says: of which image it is, what is in it, whose that is and where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policies.roadmap.cyclonedx import Bill, Package, read_bill

from .small import bill

HTTPX = {"type": "library", "name": "httpx", "purl": "pkg:pypi/httpx@1"}


def of(*components: Any, folder: Path, **changes: Any) -> Bill:
    found = read_bill(bill(folder / "ai.cdx.json", *components, **changes))
    assert isinstance(found, Bill)
    return found


def distributed(*urls: Any) -> dict[str, Any]:
    return HTTPX | {"externalReferences": [{"type": "distribution", "url": url} for url in urls]}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(None, "cannot be read", id="no file"),
        pytest.param(b"{", "is not valid JSON", id="half a file"),
        pytest.param(b"\xff\xfe\xff", "is not valid JSON", id="no text"),
        pytest.param(b"[]", "is no CycloneDX document", id="a list"),
        pytest.param(b"{}", "is no CycloneDX document", id="nothing"),
        pytest.param(
            b'{"bomFormat": "SPDX", "components": [{}]}', "is no CycloneDX document", id="another format"
        ),
        pytest.param(b'{"bomFormat": "CycloneDX"}', "lists no components", id="no components"),
        pytest.param(
            b'{"bomFormat": "CycloneDX", "components": []}', "lists no components", id="an empty list"
        ),
        pytest.param(
            b'{"bomFormat": "CycloneDX", "components": {"a": 1}}', "lists no components", id="no list"
        ),
    ],
)
def test_what_is_no_bill(content: bytes | None, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "ai.cdx.json"
    if content is not None:
        path.write_bytes(content)
    assert read_bill(path) == sentence


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = bill(tmp_path / "ai.cdx.json", HTTPX)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert isinstance(read_bill(path), Bill)


AI = "registry.example.com/pmt/ai"


@pytest.mark.parametrize(
    ("metadata", "subject"),
    [
        pytest.param({"component": {"name": AI}}, AI, id="its name"),
        pytest.param({"component": {"name": f"{AI}:1.0"}}, AI, id="its name with a tag, as Syft writes it"),
        pytest.param(
            {"component": {"name": "ai", "purl": f"pkg:oci/ai@sha256%3A0?repository_url={AI}&tag=1"}}, AI,
            id="its package URL",
        ),
        pytest.param(
            {"component": {"name": "ai", "purl": f"pkg:oci/ai?repository_url={AI}%40sha256:0"}}, AI,
            id="its package URL with a digest",
        ),
        pytest.param({"component": {"name": AI, "purl": "pkg:oci/ai@sha256%3A0?tag=1"}}, AI,
                     id="a package URL without a repository"),
        pytest.param({"component": {"name": AI, "purl": "pkg:oci/ai?repository_url="}}, AI,
                     id="a package URL with an empty repository"),
        pytest.param({"component": {"name": AI, "purl": "pkg:pypi/ai?repository_url=https://pypi.org"}}, AI,
                     id="a package URL that is no image's"),
        pytest.param({"component": {"purl": "pkg:oci/ai"}}, None, id="a package URL that names nothing"),
        pytest.param({"component": {"name": ""}}, None, id="an empty name"),
        pytest.param({"component": "ai"}, None, id="no component"),
        pytest.param({}, None, id="nothing"),
        pytest.param(None, None, id="no metadata"),
        pytest.param([AI], None, id="a list"),
    ],
)  # fmt: skip
def test_a_bill_is_of_an_image(metadata: Any, subject: str | None, tmp_path: Path) -> None:
    assert of(HTTPX, folder=tmp_path, metadata=metadata).subject == subject


@pytest.mark.parametrize(
    ("components", "names"),
    [
        pytest.param([HTTPX], ["httpx"], id="one"),
        pytest.param([{"name": "outer", "components": [{"name": "middle", "components": [{"name": "inner"}]}]}, HTTPX],
                     ["outer", "middle", "inner", "httpx"], id="one inside another"),
        pytest.param([{"group": "com.pmt", "name": "billing"}], ["com.pmt/billing"], id="with a group"),
        pytest.param([{"group": "", "name": "billing"}], ["billing"], id="with an empty group"),
        pytest.param([{"version": "1"}, "httpx", None], ["a component without a name"] * 3, id="what is no component"),
        pytest.param([{"type": "operating-system", "name": "debian"}, {"type": "file", "name": "/etc/hosts"}, HTTPX],
                     ["httpx"], id="what is no package"),
        pytest.param([{"type": "operating-system", "name": "debian", "components": [{"name": "pmt-rules"}]}],
                     ["pmt-rules"], id="inside what is no package"),
        pytest.param([{"name": "outer", "components": "httpx"}], ["outer"], id="what is no list"),
    ],
)  # fmt: skip
def test_what_is_in_it(components: list[Any], names: list[str], tmp_path: Path) -> None:
    assert [package.name for package in of(*components, folder=tmp_path).packages] == names


def from_url(qualifiers: str) -> dict[str, Any]:
    return {"name": "rules", "purl": f"pkg:pypi/rules@1{qualifiers}"}


@pytest.mark.parametrize(
    ("component", "hosts"),
    [
        pytest.param({"name": "rules"}, (), id="no package URL"),
        pytest.param(from_url(""), (), id="a package URL alone"),
        pytest.param(from_url("?repository_url=https://pypi.example.com/simple"), ("pypi.example.com",), id="registry"),
        pytest.param(from_url("?repository_url=PyPI.example.com:8443"), ("pypi.example.com",), id="without a scheme"),
        pytest.param(from_url("?download_url=https%3A%2F%2Fpypi.example.com%2Fa.whl"), ("pypi.example.com",),
                     id="download, encoded"),
        pytest.param(from_url("?download_url=https://pypi.example.com?of=a?b"), ("pypi.example.com",), id="a query"),
        pytest.param(from_url("?download_url=a=b"), ("a=b",), id="a value with an equals sign"),
        pytest.param(from_url("?vcs_url=git%2Bhttps://git.example.com/r%40main"), ("git.example.com",), id="git"),
        pytest.param(from_url("?vcs_url=git+https://git.example.com/r"), ("git.example.com",), id="git, not encoded"),
        pytest.param(from_url("?vcs_url=git%40git.example.com:pmt/rules.git"), ("git.example.com",), id="git over SSH"),
        pytest.param(from_url("?arch=any&vcs_url=git.example.com&repository_url=pypi.org#src#x"),
                     ("pypi.org", "git.example.com"), id="several, and a fragment"),
        pytest.param(from_url("#src?repository_url=pypi.example.com"), (), id="a fragment that looks like one"),
        pytest.param(from_url("?repository_url=file:///srv/rules"), ("file:///srv/rules",), id="a URL without a host"),
        pytest.param(from_url("?repository_url=http://[pypi"), ("http://[pypi",), id="no URL"),
        pytest.param(from_url("?repository_url"), (), id="an empty one"),
        pytest.param(distributed("https://pypi.example.com/a", "https://pypi.org"), ("pypi.example.com", "pypi.org"),
                     id="distributions"),
        pytest.param(distributed(None, ["x"], "https://pypi.org"), ("pypi.org",), id="distributions without a URL"),
        pytest.param(HTTPX | {"externalReferences": ["x", {"type": "website", "url": "https://www.example.com"}]}, (),
                     id="other references"),
    ],
)  # fmt: skip
def test_where_a_package_comes_from(
    component: dict[str, Any], hosts: tuple[str, ...], tmp_path: Path
) -> None:
    assert [package.hosts for package in of(component, folder=tmp_path).packages] == [hosts]


def package(name: str = "rules", purl: str | None = "pkg:pypi/rules@1", *hosts: str) -> Package:
    return Package(name=name, purl=purl, hosts=hosts)


@pytest.mark.parametrize(
    ("item", "internal"),
    [
        pytest.param(package("httpx"), False, id="a public one"),
        pytest.param(package("pmt-rules"), True, id="called as one of ours"),
        pytest.param(package("PMT_Rules"), True, id="in another spelling"),
        pytest.param(package("com.example/pmt-rules"), True, id="behind a group"),
        pytest.param(package("github.com/example/pmt-rules"), True, id="at the end of a path"),
        pytest.param(package("com.example/httpx"), False, id="a public one behind a group"),
        pytest.param(package("@Ours/rules"), True, id="in a group of ours"),
        pytest.param(package("theirs/@ours"), False, id="called as a group of ours"),
        pytest.param(package("rules", "pkg:pypi/rules", "pypi.org"), False, id="from a public registry"),
        pytest.param(package("rules", "pkg:pypi/rules", "pypi.org", "pypi.example.com"), True, id="from ours, too"),
    ],
)  # fmt: skip
def test_whose_a_package_is(item: Package, internal: bool) -> None:
    assert item.is_internal(("Pmt_*", "@ours/*")) is internal


@pytest.mark.parametrize(
    ("item", "known"),
    [
        pytest.param(package(purl="pkg:pypi/rules@1"), True, id="a public type"),
        pytest.param(package(purl=None), False, id="no package URL"),
        pytest.param(package(purl="pypi/rules 1"), False, id="what is no package URL"),
        pytest.param(package(purl="pkg:generic/rules@1"), False, id="a type without a registry"),
        pytest.param(package("rules", "pkg:generic/rules@1", "example.com"), True, id="one that says where"),
        pytest.param(package("rules", None, "example.com"), False, id="a host without a package URL"),
    ],
)  # fmt: skip
def test_whether_its_origin_is_known(item: Package, known: bool) -> None:
    assert item.provenance_known is known


def test_a_package_keeps_its_url(tmp_path: Path) -> None:
    assert of(HTTPX, {"name": "a"}, folder=tmp_path).packages == (
        package("httpx", "pkg:pypi/httpx@1"), package("a", None),
    )  # fmt: skip
