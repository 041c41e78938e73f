"""Property paths read and written as the engine spells them."""

import pytest

from offline.providers.kubernetes.property_paths import Path, contains, read_path, write_path

PATHS = [
    pytest.param(("spec",), "spec", id="one-step"),
    pytest.param(("spec", "template", "spec"), "spec.template.spec", id="fields"),
    pytest.param(("spec", "ports", 0, "port"), "spec.ports[0].port", id="list-position"),
    pytest.param(
        ("metadata", "labels", "app.kubernetes.io/name"),
        'metadata.labels["app.kubernetes.io/name"]',
        id="dots",
    ),
    pytest.param(("data", "a/b"), "data.a/b", id="slash"),
    pytest.param(("data", 'say "x"'), 'data["say \\"x\\""]', id="quotes"),
    pytest.param(("data", "a[0]"), 'data["a[0]"]', id="brackets"),
    pytest.param(("a.b",), '["a.b"]', id="quoted-first-step"),
]


@pytest.mark.parametrize(("path", "text"), PATHS)
def test_paths_are_written_and_read_alike(path: Path, text: str) -> None:
    assert write_path(path) == text
    assert read_path(text) == path


@pytest.mark.parametrize("text", ["spec.ports[", 'a["b', "a[x]", "a..b"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a property path"):
        read_path(text)


@pytest.mark.parametrize(
    ("outer", "inner", "wanted"),
    [
        pytest.param("spec", "spec.replicas", True, id="below"),
        pytest.param("spec.replicas", "spec.replicas", True, id="itself"),
        pytest.param("spec.replicas", "spec", False, id="above"),
        pytest.param("spec.rep", "spec.replicas", False, id="only-a-prefix-of-the-name"),
        pytest.param("spec.ports[*].nodePort", "spec.ports[3].nodePort", True, id="any-position"),
        pytest.param("spec.ports[0]", "spec.ports[1].port", False, id="other-position"),
    ],
)
def test_containment(outer: str, inner: str, wanted: bool) -> None:
    assert contains(read_path(outer), read_path(inner)) is wanted
