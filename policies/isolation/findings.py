"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .graph.graph import Graph, Use
from .graph.owners import Owner
from .graph.stores import Store
from .resources import Resource

MANDATORY = "mandatory"
ADVISORY = "advisory"
SHOWN: Final = 10
"""Ways that one message tells of; `paths` has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One violation, or one thing worth knowing; never holds a value, only names."""

    rule: str
    level: str
    store_kind: str
    store_name: str
    store_namespace: str | None
    logical: str | None
    users: tuple[str, ...]
    owners: tuple[str, ...]
    paths: tuple[tuple[str, ...], ...]
    message: str
    resource: str = ""
    """Key of the resource to blame: the URN in a stack."""
    origin: str = ""

    def as_json(self) -> dict[str, Any]:
        """The finding in the shape that `audit --format json` prints."""
        return {
            "rule": self.rule,
            "level": self.level,
            "store": {"kind": self.store_kind, "name": self.store_name, "namespace": self.store_namespace},
            "logical": self.logical,
            "users": list(self.users),
            "owners": list(self.owners),
            "paths": [list(path) for path in self.paths],
            "message": self.message,
        }


Check = Callable[[Any, Mapping[str, Any]], Iterable[Finding]]
"""Asked with the pack's graph of a stack and the rule's own configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One property that infrastructure must have."""

    id: str
    cause: str
    """What it refuses, in one sentence."""
    explanation: str
    """Why that is worth refusing."""
    remedy: str
    """What to do instead."""
    level: str
    check: Check
    config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """JSON schema of its configuration, by property."""


def finding_of_uses(
    rule: str,
    level: str,
    store: Store,
    logical: str | None,
    uses: list[Use],
    graph: Graph,
    remedy: str,
    extra_owners: Iterable[Owner] = (),
) -> Finding:
    """The finding that these uses of one store make together; what is written down twice is told once."""
    uses = list({(_identity(use.workload.resource), use.logical, use.steps): use for use in uses}.values())
    owners: dict[str, Owner] = {}
    for use in uses:
        owner = graph.owner(use.workload)
        owners.setdefault(owner.identity, owner)
    for owner in extra_owners:
        owners.setdefault(owner.identity, owner)
    paths = tuple(path_of(use) for use in uses)
    sentences = ((graph.owner(use.workload).identity, sentence_of(use, graph)) for use in uses)
    first = uses[0].workload.resource
    return Finding(
        rule=rule,
        level=level,
        store_kind=store.display_kind,
        store_name=store.name,
        store_namespace=store.namespace,
        logical=logical,
        users=tuple({_identity(use.workload.resource): use.workload.resource.name for use in uses}.values()),
        owners=tuple(owner.name for owner in owners.values()),
        paths=paths,
        message=message_of(sentences, remedy),
        resource=first.key,
        origin=first.origin,
    )


def message_of(sentences: Iterable[tuple[str, str]], remedy: str) -> str:
    """`way; way: remedy`, from the owner and the text of each way.

    Of more than `SHOWN` ways some are only counted; every owner's first way is told before anybody's second.
    """
    owners: dict[str, str] = {}
    for owner, sentence in sentences:
        owners.setdefault(sentence, owner)
    told = list(owners)
    if len(told) > SHOWN:
        firsts = {owner: sentence for sentence, owner in reversed(owners.items())}
        chosen = set(list(dict.fromkeys((*reversed(firsts.values()), *told)))[:SHOWN])
        told = [sentence for sentence in told if sentence in chosen]
        told.append(f"and {len(owners) - SHOWN} more")
    return f"{'; '.join(told)}: {remedy}"


def finding_of_store(rule: str, level: str, store: Store, message: str) -> Finding:
    """A finding on a store itself, which the program or the input declares, whoever uses it."""
    assert store.resource is not None
    return Finding(
        rule=rule,
        level=level,
        store_kind=store.display_kind,
        store_name=store.name,
        store_namespace=store.namespace,
        logical=None,
        users=(),
        owners=(),
        paths=((store.title,),),
        message=message,
        resource=store.resource.key,
        origin=store.resource.origin,
    )


def finding_of_rule(rule: Rule, message: str) -> Finding:
    """A mandatory finding on a rule that could not be asked: it fails closed."""
    return Finding(
        rule=rule.id,
        level=MANDATORY,
        store_kind="",
        store_name="",
        store_namespace=None,
        logical=None,
        users=(),
        owners=(),
        paths=(),
        message=message,
    )


def _identity(resource: Resource) -> tuple[str, str | None, str, str]:
    """What tells a workload from every other one, though its object may be in the input twice."""
    return resource.scope, resource.namespace, resource.kind, resource.name


def path_of(use: Use) -> tuple[str, ...]:
    """Workload, what lies between, store."""
    return (use.workload.resource.name, *use.steps, use.store.title)


def sentence_of(use: Use, graph: Graph) -> str:
    """`analytics-worker (owner analytics) → Secret ai-postgres → Cluster ai-postgres (owner ai)`."""
    workload, *between, store = path_of(use)
    if (owner := use.store.stated_owner) is not None:
        store = f"{store} (owner {owner.name})"
    if isinstance(use.logical, str) and use.store.kind != "filesystem":
        store = f"{store}, {noun(use.store)} {use.logical}"
    return " → ".join((f"{workload} (owner {graph.owner(use.workload).name})", *between, store))


_NOUNS = {
    "object-store": ("bucket", "buckets"),
    "broker": ("virtual host", "virtual hosts"),
    "search": ("index", "indices"),
}


def noun(store: Store, *, plural: bool = False) -> str:
    """What the parts of a server of this kind are called."""
    return _NOUNS.get(store.kind, ("database", "databases"))[plural]


def broken(rule: Rule, error: Exception) -> Finding:
    """The finding for a rule that threw; it names the error's type, since its text may hold a value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = (
        f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        if trace
        else "unknown place"
    )
    return finding_of_rule(
        rule, f"rule {rule.id} broke down ({type(error).__name__} at {where}), which counts as a violation"
    )
