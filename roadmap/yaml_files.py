"""Reads YAML so that every text that cannot be accepted ends in one refusal."""

from pathlib import Path
from typing import Any

import yaml

from roadmap.refusal import Refusal

DEEPEST = 50
"""Levels that a document may have; no file of this project needs ten."""


def read_yaml(path: Path, *, what: str) -> dict[Any, Any]:
    """The mapping a YAML file holds; raises Refusal where there is none."""
    file = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Refusal(
            f"there is no such {what}", file=file, fix=f"create {path.name}, or name another"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"cannot be read: {error}", file=file, fix="make it a readable UTF-8 file") from None
    try:
        document = yaml.load(text, Loader=StrictLoader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "the text cannot be parsed"
        raise Refusal(f"is not valid YAML{where}: {problem}", file=file, fix="correct that line") from None
    if not isinstance(document, dict):
        raise Refusal(
            f"a {what} is a mapping of keys to values",
            file=file,
            fix="start it with a key, such as `config:`" if what == "stack file" else "start it with a key",
        )
    return document


def too_deep(value: object, levels: int = DEEPEST) -> bool:
    """Whether mappings and lists stand in each other more than so many levels deep."""
    if not isinstance(value, dict | list):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(too_deep(part, levels - 1) for part in parts)


class StrictLoader(yaml.SafeLoader):
    """YAML without what would win silently or never end.

    That is a key written twice, of which the later one would count, a key that is no plain text, an anchor
    that contains itself, a value that is none of its type, and a text nested too deeply. All raise YAMLError.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0
        self._open: set[str] = set()

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose one node; the depth is counted here because the recursion runs through here."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        mark: Any = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            if event.anchor in self._open:
                raise yaml.composer.ComposerError(
                    None, None, f"the anchor `{event.anchor}` contains itself", mark
                )
            return super().compose_node(parent, index)
        anchor = event.anchor
        if self._depth > DEEPEST:
            raise yaml.composer.ComposerError(
                None, None, f"it is nested too deeply, more than {DEEPEST} levels", mark
            )
        inside = anchor is not None and anchor not in self._open
        if inside:
            self._open.add(anchor)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        if inside:
            self._open.discard(anchor)
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Build a value, such as a date, which can look right and be none: `2026-02-30`."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, TypeError):
            kind = node.tag.rpartition(":")[2]
            shown = f"`{node.value}` " if isinstance(node, yaml.ScalarNode) else ""
            raise yaml.constructor.ConstructorError(
                None, None, f"{shown}is no valid {kind}", node.start_mark
            ) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping; raises YAMLError for a key that stands there twice or is no plain text."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key must be plain text", key_node.start_mark
                )
            if key_node.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key `{key_node.value}` stands there twice", key_node.start_mark
                )
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)
