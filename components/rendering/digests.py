"""Digests: names of Jobs by content, and annotations that roll pods when a secret changes without giving it away."""

import hashlib
import json
from collections.abc import Sequence


def content_digest(content: object) -> str:
    """Eight hex digits of a JSON-like value; equal values give equal digits whatever the order of their keys."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def settings_digest(settings: object, *, generated: Sequence[str], supplied: Sequence[str]) -> str:
    """Sixteen hex digits that change when a setting or a secret does.

    They stand in an annotation that more people may read than the Secret, and a supplied secret may be a word
    from a dictionary: hashed together with generated passwords (190 bits each), it cannot be guessed at.
    """
    text = json.dumps([settings, list(generated), list(supplied)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
