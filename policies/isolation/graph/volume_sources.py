"""What a volume is a view of: an export, a share, a bucket, a disk, a directory of a node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..resources import dig, mapping, sequence, text

# Directories of the node that its own agents read; a service that keeps data there has other problems.
_SYSTEM = (
    "/var/log",
    "/var/lib/docker",
    "/var/lib/kubelet",
    "/var/lib/containerd",
    "/proc",
    "/sys",
    "/etc",
    "/dev",
    "/run",
    "/var/run",
    "/lib",
    "/usr",
    "/boot",
    "/opt/cni",
)


def source_of(volume: Any) -> str | None:
    """What a volume is a view of, as one text; None for what only its own pod can see."""
    server, path = text(dig(volume, "nfs", "server")), text(dig(volume, "nfs", "path"))
    if server and path:
        return f"nfs://{server.lower()}{path.rstrip('/') or '/'}"
    by_driver = _source_of_driver(volume)
    if by_driver is not None:
        return by_driver
    share = text(dig(volume, "azureFile", "shareName"))
    if share:
        return f"share:/{share}"
    for field in (
        "cephfs",
        "glusterfs",
        "flexVolume",
        "awsElasticBlockStore",
        "gcePersistentDisk",
        "azureDisk",
    ):
        for name in ("path", "endpoints", "volumeID", "pdName", "diskURI"):
            value = text(dig(volume, field, name))
            if value:
                return f"{field}:{value}"
    local = text(dig(volume, "local", "path"))
    if local:
        return f"local:{local.rstrip('/')}@{','.join(sorted(set(_nodes(dig(volume, 'nodeAffinity')))))}"
    directory = text(dig(volume, "hostPath", "path"))
    if (
        directory
        and directory != "/"
        and not directory.startswith(_SYSTEM)
        and not directory.endswith(".sock")
    ):
        return f"hostPath:{directory.rstrip('/')}"
    return None


def _source_of_driver(volume: Any) -> str | None:
    """What a CSI volume is a view of: for drivers whose handle is any unique text, their attributes say it."""
    handle = text(dig(volume, "csi", "volumeHandle"))
    given = {
        key.lower(): value.rstrip("/")
        for key, item in mapping(dig(volume, "csi", "volumeAttributes")).items()
        if (value := text(item))
    }
    account = given.get("storageaccount", "")
    if given.get("server") and given.get("share"):
        path = "/".join(filter(None, (given["share"], given.get("subdir", "").strip("/"))))
        return f"nfs://{given['server'].lower()}{path if path.startswith('/') else '/' + path}"
    if given.get("source", "").startswith("//"):
        return f"smb:{given['source'].lower()}"
    for attribute, kind in (("sharename", "share"), ("containername", "container"), ("bucketname", "bucket")):
        if given.get(attribute):
            return f"{kind}:{account}/{given[attribute]}"
    return f"{text(dig(volume, 'csi', 'driver'))}:{handle}" if handle else None


def _nodes(affinity: Any) -> Iterator[str]:
    """Values by which a local volume says which node it lies on."""
    for term in sequence(dig(affinity, "required", "nodeSelectorTerms")):
        for expression in sequence(dig(term, "matchExpressions")):
            yield from (value for item in sequence(dig(expression, "values")) if (value := text(item)))
