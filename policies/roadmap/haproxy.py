"""What HAProxy's configuration lets through: methods, how long, and when it stops asking.

Only what is said plainly counts. A configuration that cannot be read, another proxy's for instance, keeps no promise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_TIMEOUT_SECONDS = 30
_SECTIONS = frozenset(
    {
        "global",
        "defaults",
        "frontend",
        "backend",
        "listen",
        "resolvers",
        "peers",
        "userlist",
        "cache",
        "program",
    }
)
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "": 1e-3}
_TIMEOUT = re.compile(r"timeout\s+server\s+(\d+)(us|ms|s|m|h|d)?$")
_METHODS = re.compile(r"acl\s+(\S+)\s+method\s+(.+)$")
_ANONYMOUS = re.compile(r"unless\s+\{\s*method\s+([A-Z\s]+?)\s*\}")
_REFUSAL = re.compile(r"http-request\s+(?:deny|reject|return)\b.*\s(unless|if)\s+(\S.*)$")
_SERVER = re.compile(r"server\s+\S+\s+([A-Za-z0-9][\w.-]*):\d+")
_COUNTED = re.compile(
    r"http-request\s+(?:deny|return)\b.*\bif\b.*(gpc|err_rate|http_fail)\w*\(.*\b(ge|gt)\b\s*\d+"
)
_READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What one configuration promises."""

    reads_only: bool
    """Every port that passes requests on refuses all methods but GET and HEAD."""
    timeout_seconds: float | None
    """The longest wait for an answer; None where there is no bound."""
    has_breaker: bool
    """Requests are refused after a number of errors."""
    upstreams: tuple[str, ...]
    """Hosts that requests are passed on to."""

    def faults(self) -> list[str]:
        """What an edge has to have and this has not (Global Anti-Patterns, Synchronous inter-service calls)."""
        found = [] if self.reads_only else ["passes more than GET and HEAD"]
        if self.timeout_seconds is None:
            found.append("waits without a timeout")
        elif self.timeout_seconds > LONGEST_TIMEOUT_SECONDS:
            found.append(f"waits {self.timeout_seconds:g} s, more than {LONGEST_TIMEOUT_SECONDS}")
        return found if self.has_breaker else [*found, "has no circuit breaker"]


def read(text: str) -> Configuration:
    """What a `haproxy.cfg` promises."""
    sections: list[tuple[str, list[str]]] = []
    for raw in text.splitlines():
        line = re.sub(r"(?:^|\s)#.*$", "", raw).strip()
        word = line.partition(" ")[0]
        if word in _SECTIONS and not raw[:1].isspace():
            sections.append((word, []))
        elif line and sections:
            sections[-1][1].append(line)
    fronts = [lines for kind, lines in sections if kind in ("frontend", "listen") and _takes_requests(lines)]
    every = [line for _, lines in sections for line in lines]
    waits = [
        float(match[1]) * _UNITS[match[2] or ""]
        for kind, lines in sections
        if kind in ("defaults", "backend", "listen")
        for line in lines
        if (match := _TIMEOUT.match(line))
    ]
    marked_down = any("observe layer7" in line and "on-error mark-down" in line for line in every)
    return Configuration(
        reads_only=bool(fronts) and all(map(_reads_only, fronts)),
        timeout_seconds=max(waits) if waits else None,
        has_breaker=marked_down or any(_COUNTED.match(line) for line in every),
        upstreams=tuple(dict.fromkeys(match[1] for line in every if (match := _SERVER.match(line)))),
    )


def _takes_requests(lines: list[str]) -> bool:
    """Whether a port of the network leads on from here; an abstract socket is reached from inside only."""
    ports = [
        line for line in lines if line.startswith("bind ") and "abns@" not in line and "unix@" not in line
    ]
    passes = any(line.startswith(("default_backend", "use_backend", "server ")) for line in lines)
    return bool(ports) and passes


def _reads_only(lines: list[str]) -> bool:
    named: dict[str, set[str]] = {}
    for line in lines:
        if match := _METHODS.match(line):
            named.setdefault(match[1], set()).update(match[2].split())
    safe = {name for name, methods in named.items() if methods <= _READS}
    for line in lines:
        if line.startswith(("default_backend", "use_backend", "http-request allow")):
            break  # what stands behind an unconditional way on no longer refuses anybody
        match = _REFUSAL.match(line)
        if match is None:
            continue
        condition = match[2].strip()
        if match[1] == "unless" and condition in safe:
            return True
        if match[1] == "if" and condition.startswith("!") and condition[1:].strip() in safe:
            return True
        inline = _ANONYMOUS.search(line)
        if inline is not None and set(inline[1].split()) <= _READS:
            return True
    return False
