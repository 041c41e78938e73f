"""The tools that are measured: each judges one fleet once, and must find in it what is there."""

from __future__ import annotations

import hashlib
import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pulumi.runtime import proto

from bench.clock import BenchError, timed
from bench.fleet import as_engine_request, fleet, shared, written
from offline.toolchain import binary
from offline.toolchain.places import ROOT, cache_root
from policies.isolation.pack import policies
from policies.isolation.server import Servicer

CHECKOV = ROOT / "bench" / "checkov.txt"
RULES = ROOT / "bench" / "conftest"


def median_of(measured: Callable[[], float], repeats: int) -> float:
    """Median of what so many runs of a tool say they took."""
    return statistics.median(measured() for _ in range(repeats))


@dataclass(frozen=True, slots=True)
class Fleet:
    """One fleet that shares, in the forms in which the tools are given it."""

    resources: int
    folder: Path
    """YAML files, one for each service."""
    message: bytes
    """What the engine sends a policy pack."""


def made(resources: int, place: Path) -> Fleet:
    """A fleet of so many objects, written to a folder in `place`."""
    manifests = fleet(resources, sharing=True)
    folder = place / f"fleet-{resources}"
    written(manifests, folder)
    return Fleet(resources, folder, as_engine_request(manifests).SerializeToString())


def pack_in_the_engine(given: Fleet) -> None:
    """All rules of the isolation pack over the engine's message, from its bytes to the answer."""
    request = proto.AnalyzeStackRequest.FromString(given.message)
    found = Servicer(policies()).AnalyzeStack(request, None).diagnostics
    _check("the pack", given, len({item.urn for item in found if item.policyName == "shared-database"}))


def pack_on_files(given: Fleet) -> float:
    """Seconds of the same rules as a command over the YAML files: start, parsing, judgement, report."""
    ended = timed(
        [sys.executable, "-m", "policies.isolation", "audit", given.folder, "--format", "json"],
        folder=ROOT, accepted=(1,),
    )  # fmt: skip
    findings = json.loads(ended.text)["findings"]
    stores = {item["store"]["name"] for item in findings if item["rule"] == "shared-database"}
    _check("`audit`", given, len(stores))
    return ended.seconds


def conftest(given: Fleet) -> float:
    """Seconds of conftest with the twenty rules of `bench/conftest` over the YAML files."""
    ended = timed(
        [binary("conftest"), "test", "--policy", RULES, "--output", "json", given.folder],
        folder=ROOT, accepted=(0, 1),
    )  # fmt: skip
    _check_seen("conftest", given, sum(item.get("successes", 0) > 0 for item in json.loads(ended.text)))
    return ended.seconds


def checkov(given: Fleet, limit: float) -> float:
    """Seconds of checkov's own Kubernetes checks over the YAML files; raises TimeoutError after `limit`."""
    ended = timed(
        [checkov_environment() / "bin" / "checkov", "--directory", given.folder, "--framework", "kubernetes",
         "--compact", "--quiet", "--output", "json", "--soft-fail", "--skip-download"],
        folder=ROOT, limit=limit,
    )  # fmt: skip
    _check_seen("checkov", given, json.loads(ended.text)["summary"]["resource_count"])
    return ended.seconds


def checkov_environment() -> Path:
    """Where checkov lies: a virtual environment of its own in the user's cache."""
    return cache_root() / "bench" / f"checkov-{hashlib.sha256(CHECKOV.read_bytes()).hexdigest()[:16]}"


def install_checkov(say: Callable[[str], None]) -> None:
    """Install checkov unless it is there; raises BenchError with what pip said."""
    place = checkov_environment()
    finished = place / ".installed"
    if finished.exists():
        return
    say("installing checkov, once for this machine (a minute or two)")
    try:
        timed([sys.executable, "-m", "venv", "--clear", place], folder=ROOT)
        pip: list[str | Path] = [
            place / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        timed([*pip, "--requirement", CHECKOV], folder=ROOT)
    except (BenchError, subprocess.SubprocessError) as error:
        raise BenchError(
            f"{error}\n  fix: see that pip reaches a package index, or run with --without checkov"
        ) from None
    finished.touch()


def _check(tool: str, given: Fleet, found: int) -> None:
    if found != shared(given.resources):
        raise BenchError(
            f"{tool} found {found} shared databases in {given.resources} objects; there are {shared(given.resources)}"
        )


def _check_seen(tool: str, given: Fleet, seen: int) -> None:
    if seen == 0:
        raise BenchError(f"{tool} judged nothing in {given.folder}: its time would say nothing")
