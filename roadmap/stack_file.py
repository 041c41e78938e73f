"""Reads a stack's config, from its file or from the engine's runtime config, into one checked StackConfig."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from roadmap.environment_rules import check_environment
from roadmap.refusal import Refusal, block, nearest, one_of, paste
from roadmap.stack_config import StackConfig
from roadmap.validation import required_example, validated
from roadmap.yaml_files import read_yaml, too_deep

PROJECT = "service-extraction"
SECRETS = "application_secrets"
TOP_LEVEL = ("config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment")
"""Keys of a stack file that Pulumi knows."""


def load_stack_file(path: Path) -> StackConfig:
    """Read `Pulumi.<stack>.yaml`.

    Raises Refusal where the file is missing, is no YAML, or says something that cannot be accepted.
    """
    file = str(path)
    stack = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
    if not (path.name.startswith("Pulumi.") and path.name.endswith(".yaml") and stack):
        raise Refusal("this is not a stack file's name", file=file, fix="name it Pulumi.<stack>.yaml")
    document = read_yaml(path, what="stack file")
    for key in document:
        if key not in TOP_LEVEL:
            raise Refusal(
                f"is not known: a stack file has only {one_of(TOP_LEVEL)}",
                file=file,
                key=str(key),
                fix=f"move `{key}` below `config:`, or remove it"
                if str(key).startswith(f"{PROJECT}:")
                else f"{nearest(str(key), TOP_LEVEL)}, or remove it",
            )
    config = document.get("config")
    if not isinstance(config, dict) or not config:
        empty = config is None or config in ({}, [], "")
        example = {f"{PROJECT}:{key}": value for key, value in required_example(StackConfig).items()}
        raise Refusal(
            "is missing or empty" if empty else "must be a mapping of settings",
            file=file,
            key="config",
            value=None if empty else config,
            fix=f"write the stack's settings, such as:{block({'config': example})}",
        )
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
        section, dotted, _ = key.partition(".")
        secret = full_key in secret_keys
        if dotted and section in StackConfig.model_fields and (section == SECRETS or not secret):
            _refuse_dotted(key, value, file)
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
        decoded = json.loads(value)
        if too_deep(decoded):
            raise RecursionError
    except RecursionError:
        raise Refusal(
            "is nested too deeply",
            file=file,
            key=key,
            value=None if hidden else value,
            fix="set its parts one by one with `pulumi config set --path`",
        ) from None
    except ValueError:
        raise Refusal(
            "looks like JSON but is none",
            file=file,
            key=key,
            value=None if hidden else value,
            fix="set its parts one by one with `pulumi config set --path`",
        ) from None
    return decoded


def _refuse_dotted(key: str, value: object, file: str) -> None:
    """Refuse a path that was set without `--path`. The message never holds a secret."""
    full_key = f"{PROJECT}:{key}"
    secret = key.startswith(f"{SECRETS}.")
    raise Refusal(
        "is one key with dots in it, where a path of keys is meant",
        file=file,
        key=full_key,
        value=None if secret else value,
        fix=f"pulumi config rm '{full_key}', then: pulumi config set --secret --path '{full_key}'"
        if secret
        else f"write instead:{paste(key, value)}",
    )


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
