"""Whose passphrase encrypts a stack: one that was generated for this clone may only serve embedded stacks.

State encrypted with a passphrase that nobody else has is state that nobody else can read.
"""

from collections.abc import Mapping
from pathlib import Path

from roadmap.refusal import Refusal
from roadmap.stack_config import StackConfig
from roadmap.topology import Environment

GENERATED = Path(".state/passphrase")
"""Where a clone's own passphrase lies, relative to the project's root; git ignores it."""


def check_passphrase(config: StackConfig, root: Path, environment: Mapping[str, str]) -> None:
    """Raise Refusal where a stack outside the embedded environment is about to use the generated passphrase."""
    generated = root / GENERATED
    if config.environment is Environment.EMBEDDED or not generated.is_file():
        return
    if _passphrase(environment) == generated.read_text().strip():
        raise Refusal(
            f"stack `{config.stack}` would be encrypted with the passphrase that was generated for this clone alone",
            file=config.file,
            key="service-extraction:environment",
            value=config.environment.value,
            fix="set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the passphrase your team keeps",
        )


def _passphrase(environment: Mapping[str, str]) -> str | None:
    """The passphrase as the engine finds it: the variable first, then the file it names."""
    if passphrase := environment.get("PULUMI_CONFIG_PASSPHRASE"):
        return passphrase.strip()
    named = environment.get("PULUMI_CONFIG_PASSPHRASE_FILE")
    if named and Path(named).is_file():
        return Path(named).read_text().strip()
    return None
