"""Keeps the stack files of embedded stacks as they are committed: their secrets' salt stays in the state only."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import yaml

from offline.commands.stack.program import Program

_SALT = re.compile(rb"^encryptionsalt:[^\n]*\n?", re.MULTILINE)


@contextlib.contextmanager
def kept_out(program: Program) -> Iterator[None]:
    """Take the engine's `encryptionsalt:` out of an embedded stack's file again after a run.

    It belongs to the passphrase of this clone, and the engine falls back to the copy in the state
    (PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER). A file with `secure:` values needs it, and keeps it.
    """
    if program.cluster is None or not program.cluster.embedded or program.has_secrets:
        yield
        return
    before = program.stack_file.read_bytes()
    committed = _SALT.sub(b"", before)
    try:
        yield
    finally:
        after = program.stack_file.read_bytes()
        without = _SALT.sub(b"", after)
        # The engine formats the file anew when it writes the salt; only an edit made meanwhile is left as it is.
        wanted = committed if _same(without, committed) else without
        if wanted != after:
            program.stack_file.write_bytes(wanted)


def _same(one: bytes, other: bytes) -> bool:
    try:
        return bool(yaml.safe_load(one) == yaml.safe_load(other))
    except yaml.YAMLError:
        return False
