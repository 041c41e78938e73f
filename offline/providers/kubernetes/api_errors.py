"""Answers of the API server that are no success."""

from __future__ import annotations

from typing import Any

from offline.providers.kubernetes.manifest import field, text_field


class ApiError(Exception):
    """A Status object that the API server returned instead of what was asked for."""

    def __init__(self, code: int, status: dict[str, Any]) -> None:
        self.code = code
        self.reason = text_field(status, "reason")
        self.status = status
        super().__init__(_text(code, status))

    @property
    def is_field_conflict(self) -> bool:
        """Another field manager owns a field that was to change."""
        causes = field(self.status, "details", "causes", default=None) or []
        return self.code == 409 and any(item.get("reason") == "FieldManagerConflict" for item in causes)

    @property
    def is_changed_meanwhile(self) -> bool:
        """Somebody changed the object between reading and writing it."""
        return self.code == 409 and self.reason == "Conflict" and not self.is_field_conflict

    @property
    def is_already_exists(self) -> bool:
        """An object of that name is there."""
        return self.reason == "AlreadyExists"

    @property
    def is_namespace_not_found(self) -> bool:
        """The namespace of the object is not there (yet)."""
        return self.code == 404 and field(self.status, "details", "kind") == "namespaces"


class UnknownKindError(Exception):
    """The API server does not serve this API version and kind."""

    def __init__(self, object_type: object) -> None:
        super().__init__(f'no matches for kind "{object_type}": the API server does not serve it')


class ApiUnreachableError(Exception):
    """The API server could not be asked; the text says at which URL and why."""


def _text(code: int, status: dict[str, Any]) -> str:
    message = text_field(status, "message") or f"the API server answered {code}"
    if text_field(status, "reason") == "Conflict":
        return message  # it lists its causes itself
    causes = [
        f"\n  - {text_field(cause, 'field') or '(object)'}: {text_field(cause, 'message')}"
        for cause in field(status, "details", "causes", default=None) or []
        if text_field(cause, "message") and text_field(cause, "message") not in message
    ]
    return message + "".join(causes)
