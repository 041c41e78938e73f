"""One move tried on the recorded graphs, and what it touches."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tests.components.blast_radius.belongings import belongs, carriers_of
from tests.components.blast_radius.changes import Touch, changed_fields, touched
from tests.components.blast_radius.graph import Graph, Node
from tests.components.blast_radius.moves import Tried
from tests.components.blast_radius.shared import shared_as
from tests.components.blast_radius.stores import discarding, holding_state

GONE = (Touch.REPLACED, Touch.DELETED)


@dataclass(frozen=True)
class Result:
    """A move with both graphs."""

    tried: Tried
    before: Graph
    after: Graph

    @cached_property
    def touched(self) -> Mapping[str, Touch]:
        return touched(self.before, self.after)

    @cached_property
    def held(self) -> Mapping[str, str]:
        """What holds state before the move: store by URN."""
        return holding_state(self.before, self.tried.before)

    def node(self, urn: str) -> Node:
        return self.after.get(urn) or self.before[urn]

    def of(self, touch: Touch) -> Iterator[Node]:
        return (self.node(urn) for urn, found in self.touched.items() if found is touch)

    @cached_property
    def lost(self) -> tuple[str, ...]:
        """URNs of what holds state or is protected, and would be replaced or deleted."""
        return tuple(
            urn
            for urn, touch in self.touched.items()
            if touch in GONE and (urn in self.held or self.before[urn].protect)
        )

    @cached_property
    def lost_unconfirmed(self) -> tuple[str, ...]:
        """The same without what belongs to a store that was armed to be discarded in an update before."""
        confirmed = discarding(self.tried.before)
        return tuple(urn for urn in self.lost if self.before[urn].protect or self.held[urn] not in confirmed)

    @cached_property
    def unprotected(self) -> tuple[str, ...]:
        """URNs of what holds state and could be deleted, though nobody asked for it."""
        confirmed = discarding(self.tried.before)
        return tuple(
            urn for urn, store in self.held.items() if not self.before[urn].protect and store not in confirmed
        )

    @cached_property
    def outside(self) -> Mapping[str, str | None]:
        """What is touched outside the domain: name of the entry in the closed list, None where it has none."""
        carriers = carriers_of(self.before) | carriers_of(self.after)
        found: dict[str, str | None] = {}
        for urn, touch in self.touched.items():
            node = self.node(urn)
            if not belongs(node, self.tried, carriers):
                fields = changed_fields(self.before, self.after, urn) if touch is Touch.UPDATED else ()
                entry = shared_as(node, self.tried, touch, fields)
                found[urn] = entry.name if entry else None
        return found

    def said(self, urn: str) -> str:
        """One touched resource for a message, with the fields that an update changes."""
        node = self.node(urn)
        fields = changed_fields(self.before, self.after, urn)
        return f"{self.tried}: {self.touched[urn]} {node.kind} {node.namespace}/{node.object_name} {list(fields)[:4]}"


def table(title: str, results: Iterable[Result]) -> str:
    """The figures of many moves: sums by kind of move, and what was touched outside the domain."""
    rows, outside = defaultdict[str, Counter[str]](Counter), defaultdict[str, Counter[str]](Counter)
    objects = defaultdict[str, set[str]](set)
    jobs: Counter[str] = Counter()
    for result in results:
        row = rows[result.tried.words]
        row["moves"] += 1
        row["stores"] += len(result.lost)
        row.update(touch.value for touch in result.touched.values())
        for urn, name in result.outside.items():
            outside[str(name)][result.touched[urn].value] += 1
            objects[str(name)].add(urn)
        jobs.update(node.label or node.name for node in result.of(Touch.REPLACED))
    columns = ("moves", *(touch.value for touch in Touch), "stores")
    lines = [f"\n  {title}", f"  {'':40}" + "".join(f"{column:>10}" for column in columns)]
    lines += [f"  {words:40}" + "".join(f"{row[c]:>10}" for c in columns) for words, row in rows.items()]
    total = sum(rows.values(), Counter[str]())
    lines.append(f"  {'sum':40}" + "".join(f"{total[column]:>10}" for column in columns))
    lines.append("  (stores: replaced or deleted, with what opens and what surrounds them)")
    lines.append(f"  {'shared objects touched':40}{'objects':>10}" + "".join(f"{t.value:>10}" for t in Touch))
    lines += [
        f"  {name:40}{len(objects[name]):>10}" + "".join(f"{found[t.value]:>10}" for t in Touch)
        for name, found in sorted(outside.items())
    ]
    lines.append("  replaced: " + ", ".join(f"{name} {count}" for name, count in sorted(jobs.items())))
    return "\n".join(lines)
