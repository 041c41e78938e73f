"""A cluster made of lists, for judges that look beyond the object itself."""

from typing import Any

from offline.providers.kubernetes.api_errors import ApiError
from offline.providers.kubernetes.kinds import ObjectType


class FakeLookup:
    """Objects by kind."""

    def __init__(self, **objects: list[dict[str, Any]]) -> None:
        self._objects = objects

    def list(self, object_type: ObjectType, namespace: str, **query: str | None) -> list[dict[str, Any]]:
        return self._objects.get(object_type.kind, [])

    def get_by_name(self, object_type: ObjectType, namespace: str, name: str) -> dict[str, Any]:
        for item in self._objects.get(object_type.kind, []):
            if item["metadata"]["name"] == name:
                return item
        raise ApiError(404, {"reason": "NotFound", "message": f"{object_type} {name} not found"})


NOTHING = FakeLookup()
