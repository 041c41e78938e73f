"""Builds and caches the engine, the control plane and the CRDs; standard library only, for it runs before `.venv`."""

from offline.toolchain.builds import ENGINE, EVERYTHING, TESTS, binary, crds
from offline.toolchain.ensure import ensure
from offline.toolchain.errors import ToolchainError

__all__ = ["ENGINE", "EVERYTHING", "TESTS", "ToolchainError", "binary", "crds", "ensure"]
