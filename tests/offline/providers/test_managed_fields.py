"""Who owns which field, and what that means for updates and ignored changes."""

from typing import Any

import pytest

from offline.providers.kubernetes.api_errors import ApiError
from offline.providers.kubernetes.ignored_fields import keep_ignored_fields
from offline.providers.kubernetes.managed_fields import has_own_update_manager, owners_of, takeover_patch
from offline.providers.kubernetes.update import _take_over

MANAGER = "pulumi-kubernetes-0a1b2c3d"


def entry(manager: str, operation: str, fields: dict[str, Any], subresource: str = "") -> dict[str, Any]:
    made = {"manager": manager, "operation": operation, "apiVersion": "v1", "fieldsV1": fields}
    return {**made, "subresource": subresource} if subresource else made


def live(*entries: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"metadata": {"resourceVersion": "7", "managedFields": list(entries)}, "spec": spec}


REPLICAS: dict[str, Any] = {"f:spec": {"f:replicas": {}}}
LABEL: dict[str, Any] = {"f:metadata": {"f:labels": {".": {}, "f:app.kubernetes.io/name": {}}}}
CREATED = entry("pulumi-kubernetes", "Update", LABEL)


@pytest.mark.parametrize(
    ("entries", "kept", "fields"),
    [
        pytest.param([CREATED], [], LABEL, id="created"),
        pytest.param(
            [CREATED, entry("hpa", "Update", REPLICAS, "scale")],
            [entry("hpa", "Update", REPLICAS, "scale")],
            LABEL,
            id="others-keep-theirs",
        ),
        pytest.param(
            [entry("kubectl", "Update", REPLICAS), CREATED], [], {**REPLICAS, **LABEL}, id="kubectl-too"
        ),
        pytest.param(
            [entry(MANAGER, "Apply", REPLICAS), CREATED], [], {**LABEL, **REPLICAS}, id="merged-with-own"
        ),
    ],
)
def test_takeover(entries: list[dict[str, Any]], kept: list[dict[str, Any]], fields: dict[str, Any]) -> None:
    managers, version = takeover_patch(live(*entries), MANAGER)
    first, *others = managers["value"]
    assert (first["manager"], first["operation"], first["fieldsV1"]) == (MANAGER, "Apply", fields)
    assert others == kept
    # A change by somebody else in between must make the patch fail instead of undoing it.
    assert version == {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"}


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([], id="nobody"),
        pytest.param([entry(MANAGER, "Apply", LABEL)], id="already-own"),
        pytest.param([entry("pulumi-kubernetes", "Update", LABEL, "status")], id="status-of-the-controller"),
    ],
)
def test_nothing_to_take_over(entries: list[dict[str, Any]]) -> None:
    assert takeover_patch(live(*entries), MANAGER) == []


def test_the_creations_manager_is_recognized() -> None:
    assert has_own_update_manager(live(CREATED))
    assert not has_own_update_manager(
        live(entry("kubectl", "Update", REPLICAS), entry(MANAGER, "Apply", LABEL))
    )


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (("spec", "replicas"), {"hpa"}),
        (("spec",), {"hpa"}),
        (("metadata", "labels", "app.kubernetes.io/name"), {"pulumi-kubernetes"}),
        (("spec", "paused"), set()),
    ],
)
def test_owners(path: tuple[str, ...], wanted: set[str]) -> None:
    assert owners_of(live(CREATED, entry("hpa", "Update", REPLICAS)), path) == wanted


@pytest.mark.parametrize(
    ("entries", "wanted"),
    [
        pytest.param([entry("hpa", "Update", REPLICAS)], {"paused": True}, id="left-to-its-owner"),
        pytest.param(
            [entry(MANAGER, "Apply", REPLICAS)],
            {"paused": True, "replicas": 5},
            id="own-keeps-the-live-value",
        ),
        pytest.param(
            [entry(MANAGER, "Apply", REPLICAS), entry("hpa", "Update", REPLICAS)],
            {"paused": True, "replicas": 5},
            id="shared-keeps-the-live-value",
        ),
        pytest.param([], {"paused": True, "replicas": 5}, id="nobodys-keeps-the-live-value"),
    ],
)
def test_an_ignored_field(entries: list[dict[str, Any]], wanted: dict[str, Any]) -> None:
    inputs = {"spec": {"replicas": 1, "paused": True}}
    kept = keep_ignored_fields(inputs, live(*entries, replicas=5), ["spec.replicas"], MANAGER)
    assert kept["spec"] == wanted
    assert inputs["spec"]["replicas"] == 1


def test_an_ignored_list_item_keeps_its_live_value() -> None:
    kept = keep_ignored_fields({"spec": {"l": [{"a": 1}]}}, live(l=[{"a": 9}]), ["spec.l[0].a"], MANAGER)
    assert kept["spec"] == {"l": [{"a": 9}]}


class RestlessServer:
    """An API server whose controllers change the object before the first writes arrive."""

    def __init__(self, conflicts: int) -> None:
        self.conflicts = conflicts
        self.version = 7

    def request(self, method: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
        current = live(CREATED)
        if method == "GET":
            current["metadata"]["resourceVersion"] = str(self.version)
            return current
        if self.conflicts:
            self.conflicts -= 1
            self.version += 1
            raise ApiError(409, {"reason": "Conflict", "message": "the object has been modified"})
        assert body[1]["value"] == str(self.version)
        return live(entry(MANAGER, "Apply", LABEL))


def test_a_takeover_is_tried_again_when_the_object_changed_meanwhile() -> None:
    moved = _take_over(RestlessServer(conflicts=3), "/path", live(CREATED), MANAGER)  # type: ignore[arg-type]
    assert not has_own_update_manager(moved)


def test_a_takeover_is_not_tried_for_ever() -> None:
    with pytest.raises(ApiError, match="has been modified"):
        _take_over(RestlessServer(conflicts=99), "/path", live(CREATED), MANAGER)  # type: ignore[arg-type]
