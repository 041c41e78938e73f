"""What HAProxy's configuration lets through: methods, how long, and when it stops asking.

Only what is said plainly counts. A configuration that cannot be read, another proxy's for instance, keeps no promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policies.isolation.catalog import listed

LONGEST_TIMEOUT_SECONDS = 30
_SECTIONS = listed(
    "global defaults frontend backend listen resolvers peers mailers userlist cache program ring http-errors fcgi-app "
    "log-forward log-profile crt-store traces acme"
)
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "": 1e-3}
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_DURATION = re.compile(r"(\d+)(us|ms|s|m|h|d|)")
_ACL = re.compile(r"acl (\S+) (?:method )?(.+)$")
_INLINE = re.compile(r"\{ method ([A-Z ]+) \}")
_REFUSAL = re.compile(r"http-request (?:deny|reject|return)\b.* (?:unless |if ! ?)(\S.*)$")
_SERVER = re.compile(r"(?:dispatch|server \S+|server-template \S+ \S+) (\S+)")
_ONWARD = ("default_backend ", "use_backend ", "dispatch ", "server ", "server-template ")
_INSIDE = ("abns@", "abnsz@", "unix@")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    kind: str
    lines: list[str]
    defaults: list[str]
    """Lines of the section `defaults` that it goes by."""

    def setting(self, name: str) -> str | None:
        """What a setting is here, or else by default."""
        found = [line for line in (*self.defaults, *self.lines) if line.startswith(f"{name} ")]
        return found[-1].removeprefix(f"{name} ") if found else None


def read(text: str) -> Configuration:
    """What a `haproxy.cfg` promises."""
    sections = list(_sections(text))
    fronts = [
        item for item in sections if item.kind in ("frontend", "listen") and _takes_requests(item.lines)
    ]
    backends = [item for item in sections if item.kind in ("backend", "listen")]
    servers = [
        (section, match[1])
        for section in backends
        for line in section.lines
        if (match := _SERVER.match(line))
    ]
    waiting = [section for section, _ in servers] or backends
    waits = [_seconds(section.setting("timeout server")) for section in waiting]
    bounds = [wait for wait in waits if wait is not None]
    hosts = [address for _, address in servers if not address.startswith(_INSIDE)]
    every = [line for section in sections for line in section.lines]
    marked_down = any("observe layer7" in line and "on-error mark-down" in line for line in every)
    return Configuration(
        # HAProxy passes over the rules for requests where the mode is not http, and by default it is not.
        reads_only=bool(fronts)
        and all(item.setting("mode") == "http" and _reads_only(item.lines) for item in fronts),
        timeout_seconds=max(bounds) if bounds and len(bounds) == len(waits) else None,
        has_breaker=marked_down or any(_COUNTED.match(line) for line in every),
        upstreams=tuple(dict.fromkeys(host.rpartition("@")[2].partition(":")[0] for host in hosts)),
    )


def _sections(text: str) -> Iterator[_Section]:
    """The sections of a configuration, each line's words one space apart."""
    found: _Section | None = None
    defaults: dict[str, list[str]] = {}
    for raw in text.splitlines():
        words = _COMMENT.sub("", raw).split()
        if words and words[0] in _SECTIONS:
            by = words[-1] if "from" in words[2:] else "defaults"
            found = _Section(kind=words[0], lines=[], defaults=defaults.get(by, []))
            if found.kind == "defaults":
                defaults["defaults"] = found.lines  # for whoever below names none
                if len(words) > 1:
                    defaults[words[1]] = found.lines
            yield found
        elif words and found is not None:
            found.lines.append(" ".join(words))


def _seconds(duration: str | None) -> float | None:
    """A wait in seconds; None for one without a bound, as zero is, or that cannot be read."""
    if duration is None or (match := _DURATION.fullmatch(duration)) is None:
        return None
    return float(match[1]) * _UNITS[match[2]] or None


def _takes_requests(lines: list[str]) -> bool:
    """Whether a port of the network leads on from here; an abstract socket is reached from inside only."""
    ports = [
        address
        for line in lines
        if line.startswith("bind ")
        for address in line.split()[1].split(",")
        if not address.startswith(_INSIDE)
    ]
    return bool(ports) and any(line.startswith(_ONWARD) for line in lines)


def _reads_only(lines: list[str]) -> bool:
    named: dict[str, set[str]] = {}
    for line in lines:
        if match := _ACL.match(line):
            named.setdefault(match[1], set()).update(match[2].split())
    safe = {name for name, methods in named.items() if methods <= _READS}
    for line in lines:
        if line.startswith("http-request allow"):
            return False  # what stands behind it no longer refuses anybody
        if match := _REFUSAL.match(line):
            inline = _INLINE.fullmatch(match[1])
            if match[1] in safe or (inline is not None and set(inline[1].split()) <= _READS):
                return True
    return False
