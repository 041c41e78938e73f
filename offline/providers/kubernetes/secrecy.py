"""Which outputs are secret: those that were secret as inputs, and the data of every Secret."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Any, Final

from offline.providers.property_values import (
    Properties,
    Secret,
    contains_secret,
    secret_texts,
    without_secrets,
)

HIDDEN: Final = "[secret]"


def mark_secrets(outputs: Properties, inputs: Properties) -> None:
    """Wraps in `Secret`, in place, what is secret in the inputs; a list with one secret item is secret as a whole."""
    if outputs.get("kind") == "Secret":
        for key in ("data", "stringData"):
            if key in outputs and not isinstance(outputs[key], Secret):
                outputs[key] = Secret(outputs[key])
        inputs = {key: value for key, value in inputs.items() if key not in ("data", "stringData")}
    for key, wanted in inputs.items():
        if key not in outputs:
            continue
        value = outputs[key]
        if isinstance(value, dict) and isinstance(wanted, dict):
            mark_secrets(value, wanted)
        elif not isinstance(value, Secret) and contains_secret(wanted):
            outputs[key] = Secret(value)


def texts_to_hide(program: Properties, *, whole: bool = True) -> set[str]:
    """Every secret text in what the program gave, and the data of a Secret; plain, base64 and decoded.

    Checked inputs and outputs mark whole lists: with `whole=False` only what is secret by itself is taken from them.
    """
    texts = set(secret_texts(program, whole=whole))
    if without_secrets(program.get("kind")) == "Secret":
        texts.update(secret_texts(Secret([program.get("data", {}), program.get("stringData", {})])))
    return texts | {base64.b64encode(text.encode()).decode() for text in texts} | set(_decoded(texts))


def _decoded(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        try:
            yield base64.b64decode(text, validate=True).decode()
        except ValueError:
            continue


def hide(message: str, texts: Iterable[Any]) -> str:
    """The message without any of the secret texts."""
    for text in sorted((text for text in texts if text), key=len, reverse=True):
        # A short text, such as "1", is hidden only where it stands alone: inside words it would garble them.
        pattern = re.escape(text) if len(text) >= 6 else rf"(?<!\w){re.escape(text)}(?!\w)"
        message = re.sub(pattern, HIDDEN, message)
    return message
