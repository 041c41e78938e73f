"""Where a clone's embedded cluster keeps its things: everything below `<clone>/.cluster`, nothing elsewhere."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from offline.cluster.errors import ClusterError

FOLDER = ".cluster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Paths of the embedded cluster that belongs to the clone at `root`."""

    root: Path
    """Absolute, resolved path of the clone."""

    @classmethod
    def of(cls, root: Path) -> Layout:
        """The layout for a clone; symbolic links are resolved so that one clone has one cluster."""
        return cls(root=root.resolve())

    @property
    def home(self) -> Path:
        return self.root / FOLDER

    @property
    def owner(self) -> Path:
        """Names the clone this folder was made for; a copied or moved clone is recognised by it."""
        return self.home / "clone"

    @property
    def kubeconfig(self) -> Path:
        return self.home / "kubeconfig"

    @property
    def certificates(self) -> Path:
        return self.home / "certificates"

    @property
    def identities(self) -> Path:
        """Kubeconfigs of the cluster's own components."""
        return self.home / "identities"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def processes(self) -> Path:
        return self.home / "processes"

    @property
    def ports(self) -> Path:
        return self.home / "ports.json"

    @property
    def applied_definitions(self) -> Path:
        """Digest of the custom resource definitions that the data folder holds."""
        return self.home / "definitions.sha256"

    def create(self) -> None:
        """Make the folders (mode 700: they hold private keys), the owner's name first."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        self.owner.write_text(f"{self.root}\n", encoding="utf-8")
        for folder in (self.identities, self.data, self.logs, self.processes):
            folder.mkdir(mode=0o700, exist_ok=True)

    def made_for(self) -> Path | None:
        """The clone this folder was made for, None if there is no folder.

        Raises ClusterError if something else lies at its place: it is neither used nor removed.
        """
        if not self.home.exists() and not self.home.is_symlink():
            return None
        if self.home.is_dir() and not self.home.is_symlink():
            if self.owner.is_file():
                return Path(self.owner.read_text(encoding="utf-8").strip())
            if not any(self.home.iterdir()):
                return self.root  # a start that was interrupted right after making the folder
        raise ClusterError(
            f"{self.home} exists, but it was not made by `python -m offline.cluster up` (no file `clone` in it). "
            "It is left alone: move it away, then try again."
        )

    def remove(self) -> None:
        """Remove the folder and all it holds; call only after `made_for` accepted it and no process runs."""
        if self.home.exists():
            shutil.rmtree(self.home)
