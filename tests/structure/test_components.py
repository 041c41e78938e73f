"""Components keep the house rules: outputs registered last, no way around their arguments, each with a test."""

import ast
from collections.abc import Iterable

from tests.structure.conftest import ROOT, Module

FORBIDDEN_CALLS = {"Config", "export", "StackReference", "get_stack", "get_project"}
"""What only `__main__.py` may touch: a component reads its arguments and nothing else."""


def component_classes(modules: Iterable[Module]) -> list[tuple[Module, ast.ClassDef]]:
    return [
        (module, found) for module in modules for found in module.classes_derived_from("ComponentResource")
    ]


def constructor(component: ast.ClassDef) -> ast.FunctionDef:
    for node in component.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            return node
    raise AssertionError(f"{component.name} has no constructor")


def test_every_constructor_ends_in_register_outputs(components: tuple[Module, ...]) -> None:
    found = component_classes(components)
    assert found
    late = [
        f"{module.path}: {component.name}"
        for module, component in found
        if not ast.unparse(constructor(component).body[-1]).startswith("self.register_outputs(")
    ]
    assert late == []


def test_type_tokens_name_project_area_and_class(components: tuple[Module, ...]) -> None:
    for module, component in component_classes(components):
        source = ast.unparse(constructor(component))
        assert "super().__init__('extraction:" in source, f"{module.path}: {component.name}"
        assert f":{component.name}'" in source, (
            f"{module.path}: {component.name} carries another class's token"
        )


def test_no_component_reads_config_or_exports(components: tuple[Module, ...]) -> None:
    calls = [
        f"{module.path}:{node.lineno} {ast.unparse(node.func)}"
        for module in components
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rsplit(".", maxsplit=1)[-1] in FORBIDDEN_CALLS
        and "pulumi" in ast.unparse(node.func)
    ]
    assert calls == []


def test_no_component_asks_which_year_it_is(components: tuple[Module, ...]) -> None:
    asked = [
        f"{module.path}:{node.lineno}"
        for module in components
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "year"
    ]
    assert asked == []


def test_children_take_their_parent_only_by_resource_options(components: tuple[Module, ...]) -> None:
    """`ResourceOptions(parent=self).merge(opts)` lets a caller's options move children to another parent."""
    merged = [
        f"{module.path}:{node.lineno}"
        for module in components
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".merge", "ResourceOptions.merge"))
    ]
    assert merged == []


def test_every_component_has_a_test(components: tuple[Module, ...]) -> None:
    tests = "\n".join(file.read_text() for file in (ROOT / "tests" / "components").rglob("*.py"))
    untested = [
        component.name for _, component in component_classes(components) if component.name not in tests
    ]
    assert untested == []
