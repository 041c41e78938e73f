"""Gets the engine ready for a command: chosen, built if it must be, its plugins in place."""

from __future__ import annotations

from offline.commands import settings
from offline.toolchain import ENGINE, EVERYTHING, ensure, plugins
from offline.toolchain.engine import Engine, choose


def prepare(*, cluster: bool) -> Engine:
    """The engine to use; builds what is missing of it, and of the embedded cluster if `cluster`.

    Raises ToolchainError with its fix.
    """
    engine = choose(settings.forced_engine())
    wanted = [name for name in EVERYTHING if cluster or name in (*ENGINE, "kubectl")]
    ensure(name for name in wanted if not (engine.official and name in ENGINE))
    if not engine.official:
        engine = choose(settings.forced_engine())  # now that it is built, its path is known
    plugins.install(engine)
    return engine


def table(engine: Engine) -> str:
    """Which engine and plugins are in use, a line each."""
    rows = [
        (
            "pulumi",
            engine.version,
            "official" if engine.official else "built from its Go module",
            str(engine.executable),
        )
    ]
    for plugin in engine.plugins:
        source = "stand-in" if plugin.path is None else "official"
        rows.append((plugin.name, plugin.version, source, str(plugin.path or "offline/providers")))
    return "\n".join(f"{name:<12}{version:<11}{source:<26}{place}" for name, version, source, place in rows)
