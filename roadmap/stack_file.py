"""Reads a stack's config, from its file or from the engine's runtime config, into one checked StackConfig."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from roadmap.environment_rules import check_environment
from roadmap.refusal import Refusal
from roadmap.stack_config import StackConfig
from roadmap.validation import validated

PROJECT = "service-extraction"
SECRETS = "application_secrets"


def load_stack_file(path: Path) -> StackConfig:
    """Read `Pulumi.<stack>.yaml`.

    Raises Refusal where the file is missing, is no YAML, or says something that cannot be accepted.
    """
    file = str(path)
    stack = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
    if not (path.name.startswith("Pulumi.") and path.name.endswith(".yaml") and stack):
        raise Refusal("this is not a stack file's name", file=file, fix="name it Pulumi.<stack>.yaml")
    document = read_yaml(path, what="stack file")
    config = document.get("config")
    if not isinstance(config, dict):
        raise Refusal("has no config", file=file, key="config", fix="add `config:` with the stack's settings")
    values: dict[str, object] = {}
    secret_keys: set[str] = set()
    for key, value in config.items():
        values[str(key)], secret = _without_secrets(value)
        if secret:
            secret_keys.add(str(key))
    plain = config.get(f"{PROJECT}:{SECRETS}")
    if isinstance(plain, dict):
        _refuse_plain_secrets(plain, file)
    return parse_stack_config(stack, file, values, secret_keys)


def parse_stack_config(
    stack: str, file: str, values: Mapping[str, object], secret_keys: Collection[str]
) -> StackConfig:
    """Check a stack's config as the engine hands it over: full keys, values as they are or as JSON text.

    `secret_keys` are the full keys whose value is secret. Keys of other projects are left alone. Raises
    Refusal.
    """
    settings: dict[str, Any] = {"stack": stack, "file": file}
    for full_key, value in values.items():
        project, _, key = full_key.partition(":")
        if project != PROJECT:
            continue
        if key in ("stack", "file"):
            raise Refusal("this key is not known", file=file, key=full_key, fix="remove it")
        secret = full_key in secret_keys
        if secret and key != SECRETS:
            raise Refusal(
                "only application secrets may be secret; the rest decides the topology, and that is none",
                file=file,
                key=full_key,
                fix=f"set it again without --secret: pulumi config set {full_key} ...",
            )
        parsed = _decoded(value, file=file, key=full_key, hidden=key == SECRETS)
        settings[key] = _secret_names(parsed, secret, file) if key == SECRETS else parsed
    config = validated(StackConfig, settings, file=file, stack_file=True)
    check_environment(config)
    return config


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
        document = yaml.load(text, Loader=UniqueKeys)  # noqa: S506 - a SafeLoader
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


class UniqueKeys(yaml.SafeLoader):
    """YAML in which a key written twice is an error: the later one would win without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping; raises YAMLError for a key that stands there twice."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key `{key_node.value}` stands there twice", key_node.start_mark
                )
            if isinstance(key_node.value, str):
                seen.add(key_node.value)
        return super().construct_mapping(node, deep)


def _without_secrets(value: object) -> tuple[object, bool]:
    """The value with every `secure:` ciphertext replaced by an empty text, and whether there was one."""
    if isinstance(value, dict):
        if set(value) == {"secure"} and isinstance(value["secure"], str):
            return "", True
        parts = {key: _without_secrets(part) for key, part in value.items()}
        return {key: part for key, (part, _) in parts.items()}, any(secret for _, secret in parts.values())
    if isinstance(value, list):
        items = [_without_secrets(part) for part in value]
        return [part for part, _ in items], any(secret for _, secret in items)
    return value, False


def _decoded(value: object, *, file: str, key: str, hidden: bool) -> object:
    """Objects and lists arrive from the engine as JSON text."""
    if not (isinstance(value, str) and value[:1] in ("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refusal(
            "looks like JSON but is none",
            file=file,
            key=key,
            value=None if hidden else value,
            fix="set its parts one by one with `pulumi config set --path`",
        ) from None


def _secret_names(value: object, secret: bool, file: str) -> tuple[str, ...]:
    key = f"{PROJECT}:{SECRETS}"
    if not isinstance(value, dict):
        raise Refusal(
            "must map each secret's name to its value",
            file=file,
            key=key,
            fix=f"pulumi config set --secret --path '{key}.LLM_API_KEY'",
        )
    if value and not secret:
        _refuse_plain_secrets(value, file)
    return tuple(sorted(str(name) for name in value))


def _refuse_plain_secrets(value: Mapping[Any, Any], file: str) -> None:
    """Refuse the first secret in clear text. The message never holds the value."""
    for name, part in value.items():
        if not _without_secrets(part)[1]:
            key = f"{PROJECT}:{SECRETS}.{name}"
            raise Refusal(
                "stands there in clear text",
                file=file,
                key=key,
                fix=f"treat it as leaked, replace it, and: pulumi config set --secret --path '{key}'",
            )
