"""What only the source shows: no resource is made inside an `apply`, where no preview would ever see it."""

import ast
from pathlib import Path

import pytest

from tests.components.program import COMPONENTS

ROOT = Path(__file__).resolve().parents[2]
MAKERS = {"k8s", "random", "custom_object", "carry_credential", "generate_password"}
MAKERS |= {token.rsplit(":", maxsplit=1)[-1] for token in COMPONENTS}
"""Names whose call registers a resource."""


def makers_inside_apply(source: str) -> list[str]:
    """Calls that register a resource, inside an argument of an `apply`."""
    return [
        ast.unparse(call.func)
        for apply in ast.walk(ast.parse(source))
        if isinstance(apply, ast.Call)
        and isinstance(apply.func, ast.Attribute)
        and apply.func.attr == "apply"
        for argument in apply.args
        for call in ast.walk(argument)
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[0] in MAKERS
    ]


@pytest.mark.parametrize(
    "file", sorted((ROOT / "components").rglob("*.py")), ids=lambda file: file.relative_to(ROOT).as_posix()
)
def test_no_resource_is_made_inside_an_apply(file: Path) -> None:
    assert makers_inside_apply(file.read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("x.apply(lambda v: k8s.core.v1.Secret(v))", ["k8s.core.v1.Secret"], id="resource"),
        pytest.param("x.apply(lambda v: [Postgres(v)])", ["Postgres"], id="component"),
        pytest.param("x.apply(lambda v: str(v))", [], id="text"),
        pytest.param("k8s.core.v1.Secret(data=x.apply(str))", [], id="apply-inside-a-resource"),
    ],
)
def test_the_search_itself(source: str, found: list[str]) -> None:
    assert makers_inside_apply(source) == found
