"""What the Makefile hands over: its variables, as environment variables of the same names."""

from __future__ import annotations

import os
import shlex


def stack_name() -> str:
    """`STACK`, or year1."""
    return os.environ.get("STACK") or "year1"


def program_folder() -> str | None:
    """`PROGRAM`, a folder with a Pulumi.yaml of its own; None for the project itself."""
    return os.environ.get("PROGRAM") or None


def forced_engine() -> str | None:
    """`ENGINE`: offline or official; None to take what is there."""
    return os.environ.get("ENGINE") or None


def extra_arguments() -> list[str]:
    """`ARGS`, split as a shell would."""
    return shlex.split(os.environ.get("ARGS", ""))


def confirmed() -> bool:
    """Whether a question needs no answer from a person: `YES=1`, or a CI run."""
    return os.environ.get("YES", "") not in ("", "0") or bool(os.environ.get("CI"))
