"""Reading a kubeconfig that a person named: its contexts, and what one of them leads to. No other file is read."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from offline.cluster.errors import ClusterError

START_EMBEDDED = "start the embedded cluster with `make cluster`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One context of a kubeconfig, its cluster and user looked up."""

    kubeconfig: Path
    """The file."""
    name: str
    """The context."""
    cluster: Mapping[str, Any]
    """The `cluster` it names: `server`, certificate authority, …"""
    user: Mapping[str, Any]
    """The `user` it names: certificate, token, `exec`, …; empty if it names none."""

    @property
    def server(self) -> str:
        """URL of its API server."""
        return str(self.cluster["server"]).rstrip("/")

    def bytes_of(self, entry: Mapping[str, Any], key: str) -> bytes | None:
        """The content of `<key>-data` (base64) or of the file named by `key`, relative to the kubeconfig;
        None if neither is given.

        Raises ClusterError if the data is not base64 or the file cannot be read.
        """
        try:
            if entry.get(f"{key}-data"):
                return base64.b64decode(entry[f"{key}-data"], validate=True)
            if entry.get(key):
                return (self.kubeconfig.parent / str(entry[key])).read_bytes()
        except (binascii.Error, TypeError, ValueError):
            raise ClusterError(
                f"{self.kubeconfig}: {key}-data of context `{self.name}` is not base64.\n"
                "  fix: write the kubeconfig anew"
            ) from None
        except OSError as error:
            raise ClusterError(
                f"{self.kubeconfig}: {key} of context `{self.name}`: {error.filename}: {error.strerror}.\n"
                "  fix: name a file that can be read"
            ) from None
        return None


def contexts(kubeconfig: Path) -> list[str]:
    """Names of the contexts in this file. Raises ClusterError if it is no readable kubeconfig."""
    return sorted(_named(kubeconfig, _read(kubeconfig), "contexts"))


def find(kubeconfig: Path, name: str) -> Context:
    """The context of this name. Raises ClusterError if it or what it refers to does not exist; lists those that do."""
    whole = _read(kubeconfig)
    known = _named(kubeconfig, whole, "contexts")
    if name not in known:
        listed = ", ".join(f"`{one}`" for one in sorted(known)) or "none"
        raise ClusterError(
            f"{kubeconfig}: there is no context `{name}`; contexts in it: {listed}.\n"
            "  fix: name one of these in the stack file, or add it to the kubeconfig"
        )
    context = known[name].get("context") or {}
    clusters, users = (_named(kubeconfig, whole, kind) for kind in ("clusters", "users"))
    cluster = (clusters.get(str(context.get("cluster"))) or {}).get("cluster") or {}
    if not isinstance(cluster.get("server"), str):
        raise ClusterError(
            f"{kubeconfig}: context `{name}` names cluster `{context.get('cluster')}`, which has no server in it.\n"
            "  fix: add the cluster with its server URL"
        )
    user = (users.get(str(context.get("user"))) or {}).get("user") or {}
    return Context(kubeconfig=kubeconfig, name=name, cluster=cluster, user=user)


def fix_for(kubeconfig: Path, otherwise: str) -> str:
    """What helps if nothing answers: the embedded cluster is ours to start, another one is not."""
    return START_EMBEDDED if kubeconfig.parent.name == ".cluster" else otherwise


def _read(kubeconfig: Path) -> dict[str, Any]:
    try:
        whole = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    except FileNotFoundError:
        fix = fix_for(kubeconfig, "name an existing kubeconfig in the stack file")
        raise ClusterError(f"{kubeconfig}: there is no such kubeconfig.\n  fix: {fix}") from None
    except OSError as error:
        raise ClusterError(f"{kubeconfig}: {error.strerror}.\n  fix: make the kubeconfig readable") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise ClusterError(f"{kubeconfig}: not YAML ({first}).\n  fix: name a kubeconfig") from None
    if not isinstance(whole, dict):
        raise ClusterError(f"{kubeconfig}: not a kubeconfig.\n  fix: name a kubeconfig")
    return whole


def _named(kubeconfig: Path, whole: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    entries = whole.get(kind) or []
    if not isinstance(entries, list) or not all(isinstance(one, dict) and "name" in one for one in entries):
        raise ClusterError(
            f"{kubeconfig}: `{kind}` is not a list of named entries.\n  fix: name a kubeconfig"
        )
    return {str(one["name"]): one for one in entries}
