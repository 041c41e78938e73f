"""File systems by every name that a driver or a node knows them by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .plain import Object, refused, workload

BOTH = frozenset({"orders", "users"})


def volume(name: str, source: dict[str, Any]) -> list[Object]:
    """A PersistentVolume of its own, and the claim that it is kept for."""
    return [
        {
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
            "spec": {**source, "claimRef": {"name": name, "namespace": "default"}},
        },
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": {"volumeName": name}},
    ]  # fmt: skip


def driver(name: str, handle: str, **attributes: str) -> dict[str, Any]:
    return {"csi": {"driver": name, "volumeHandle": handle, "volumeAttributes": attributes}}


def local(path: str, node: str) -> dict[str, Any]:
    terms = [{"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}]}]
    return {"local": {"path": path}, "nodeAffinity": {"required": {"nodeSelectorTerms": terms}}}


def shared(folder: Path, first: dict[str, Any], second: dict[str, Any]) -> set[frozenset[str]]:
    objects: list[Object] = []
    for name, source in (("orders", first), ("users", second)):
        objects += volume(name, source)
        objects.append(
            workload(
                name,
                pod={"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": name}}]},
                volumeMounts=[{"name": "data", "mountPath": "/data"}],
            )
        )
    return set(refused(folder, objects).values())


SAME: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "two handles of one NFS export": (
        driver("nfs.csi.k8s.io", "a", server="nfs.example.com", share="/exports"),
        driver("nfs.csi.k8s.io", "b", server="NFS.example.com", share="/exports/"),
    ),
    "a driver's export and the volume type's": (
        driver("nfs.csi.k8s.io", "a", server="nfs.example.com", share="/exports"),
        {"nfs": {"server": "nfs.example.com", "path": "/exports"}},
    ),
    "two handles of one SMB share": (
        driver("smb.csi.k8s.io", "a", source="//files.example.com/shop"),
        driver("smb.csi.k8s.io", "b", source="//files.example.com/shop/"),
    ),
    "two handles of one file share of an account": (
        driver("file.csi.azure.com", "a", shareName="shop", storageAccount="acme"),
        driver("file.csi.azure.com", "b", sharename="shop", storageaccount="acme"),
    ),
    "two handles of one bucket": (
        driver("s3.csi.aws.com", "a", bucketName="acme-shop"), driver("s3.csi.aws.com", "b", bucketName="acme-shop"),
    ),
    "a directory and one above it": ({"hostPath": {"path": "/srv"}}, {"hostPath": {"path": "/srv/uploads"}}),
    "one directory of one node": (local("/mnt/data", "n1"), local("/mnt/data/", "n1")),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_one_file_system_by_two_names(tmp_path: Path, name: str) -> None:
    assert shared(tmp_path, *SAME[name]) == {BOTH}


DIFFERENT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "two exports of one server": (
        driver("nfs.csi.k8s.io", "a", server="nfs", share="/orders"),
        driver("nfs.csi.k8s.io", "b", server="nfs", share="/users"),
    ),
    "two directories under one export": (
        driver("nfs.csi.k8s.io", "a", server="nfs", share="/exports", subDir="orders"),
        driver("nfs.csi.k8s.io", "b", server="nfs", share="/exports", subDir="users"),
    ),
    "one share's name in two accounts": (
        driver("file.csi.azure.com", "a", shareName="shop", storageAccount="acme"),
        driver("file.csi.azure.com", "b", shareName="shop", storageAccount="other"),
    ),
    "directories whose names begin alike": ({"hostPath": {"path": "/srv/a"}}, {"hostPath": {"path": "/srv/ab"}}),
    "one directory of two nodes": (local("/mnt/data", "n1"), local("/mnt/data", "n2")),
    "two handles that say nothing else": (driver("ebs.csi.aws.com", "vol-1"), driver("ebs.csi.aws.com", "vol-2")),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_two_file_systems_that_look_alike(tmp_path: Path, name: str) -> None:
    assert not shared(tmp_path, *DIFFERENT[name])
