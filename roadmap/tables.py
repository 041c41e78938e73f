"""Tables of a topology, for a terminal and for a page: the same rows, drawn twice."""

from dataclasses import dataclass
from html import escape

from roadmap.sizes import sizes_of
from roadmap.topology import MONOLITH, DomainPlacement, Environment, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text under a title."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        """Aligned columns; a cell of several lines keeps them."""
        cells = [self.columns, *self.rows]
        lines = [[cell.split("\n") for cell in row] for row in cells]
        widths = [max(len(line) for row in lines for line in row[at]) for at in range(len(self.columns))]
        out = [self.title]
        for number, row in enumerate(lines):
            for part in range(max(len(cell) for cell in row)):
                texts = [cell[part] if part < len(cell) else "" for cell in row]
                padded = (text.ljust(width) for text, width in zip(texts, widths, strict=True))
                out.append(("  " + "  ".join(padded)).rstrip())
            if number == 0:
                out.append("  " + "  ".join("─" * width for width in widths))
        return "\n".join(out)

    def html(self) -> str:
        """The same as an HTML table."""
        head = "".join(f"<th>{escape(column)}</th>" for column in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell).replace(chr(10), '<br>')}</td>" for cell in row) + "</tr>\n"
            for row in self.rows
        )
        return f"<h2>{escape(self.title)}</h2>\n<table>\n<tr>{head}</tr>\n{body}</table>"


def show(topology: Topology) -> str:
    """Everything a person asks of a topology, as text."""
    tables = "\n\n".join(table.text() for table in tables_of(topology))
    return f"{heading(topology)}\n\n{tables}\n"


def heading(topology: Topology) -> str:
    """One line that says which stack this is, and whether its pods are simulated."""
    simulated = ", pods are simulated" if topology.environment is Environment.EMBEDDED else ""
    return f"{topology.stack}: year {topology.year}, {topology.environment.value} on {topology.platform}{simulated}"


def tables_of(topology: Topology) -> tuple[Table, ...]:
    """The tables of a topology; those without rows are left out."""
    tables = (
        _domains(topology),
        _exemptions(topology),
        _routes(topology),
        _edges(topology),
        _events(topology),
        _sizes(topology),
    )
    return tuple(table for table in tables if table.rows)


def _domains(topology: Topology) -> Table:
    rows = [
        _owner_row(topology, MONOLITH, "", ""),
        *(_owner_row(topology, p.domain, p.phase, _standing(p)) for p in topology.domains),
    ]
    return Table(
        title="Domains",
        columns=("owner", "phase", "standing", "stores", "workloads", "pipeline"),
        rows=tuple(rows),
    )


def standing_words(placement: DomainPlacement) -> list[str]:
    """What is said of a domain beside its phase."""
    words = []
    if placement.weight is not None:
        words.append(f"weight {placement.weight} %")
    if placement.old_path:
        words.append(f"old path {placement.old_path}")
    if placement.backfill:
        words.append(f"{placement.backfill} backfill open")
    if placement.parked:
        words.append("parked, to be discarded" if placement.discarding else "parked")
    return words


def _standing(placement: DomainPlacement) -> str:
    return "\n".join([*standing_words(placement), *([placement.remark] if placement.remark else [])])


def _owner_row(topology: Topology, owner: str, phase: str, standing: str) -> tuple[str, ...]:
    stores = [store.name for store in topology.stores if store.owner == owner]
    workloads = [w.name for s in topology.services if s.owner == owner for w in s.workloads]
    pipelines = [p.registry for p in topology.pipelines if p.owner == owner]
    return (owner, phase, standing, "\n".join(stores), "\n".join(workloads), "\n".join(pipelines))


def _exemptions(topology: Topology) -> Table:
    return Table(
        title="Open exemptions (a database-to-database link each)",
        columns=("domain", "backfill", "until", "owner", "reason"),
        rows=tuple((e.domain, e.direction, str(e.expires), e.owner, e.reason) for e in topology.exemptions),
    )


def _routes(topology: Topology) -> Table:
    rows = []
    for route in topology.routes:
        ends = [f"{b.weight:3d} % {b.service} ({b.owner})" for b in route.backends]
        cohort = f"by {route.cohort}" if route.cohort else ""
        rows.append((route.path_prefix, "\n".join(ends), cohort))
    return Table(
        title=f"Public paths at {topology.public.host}",
        columns=("path", "backends", "cohort"),
        rows=tuple(rows),
    )


def _edges(topology: Topology) -> Table:
    return Table(
        title="Edges (synchronous reads, GET and HEAD only)",
        columns=("edge", "consumer", "upstream", "paths", "timeout", "circuit breaker"),
        rows=tuple(
            (
                edge.name,
                "\n".join(edge.consumer_workloads),
                f"{edge.upstream_workload} ({edge.upstream})",
                "\n".join(edge.path_prefixes),
                f"{edge.timeout_seconds:g} s",
                f"{edge.breaker_errors} errors, {edge.breaker_seconds:g} s",
            )
            for edge in topology.edges
        ),
    )


def _events(topology: Topology) -> Table:
    rows = []
    for queue in topology.broker.queues:
        bound = "\n".join(queue.bindings) or "(not bound: nobody consumes it)"
        rows.append((queue.name, queue.owner, bound, queue.dead_letter_queue))
    return Table(
        title=f"Events on {topology.broker.exchange}",
        columns=("queue", "owner", "routing keys", "dead letters"),
        rows=tuple(rows),
    )


def _sizes(topology: Topology) -> Table:
    rows = [
        (
            size.owner,
            f"{size.pods}" if size.pods == size.most_pods else f"{size.pods} to {size.most_pods}",
            f"{size.cpu_millicores / 1000:.2f}",
            f"{size.memory_mib / 1024:.1f}",
            str(size.volumes_gib),
            "\n".join(size.servers),
        )
        for size in sizes_of(topology)
    ]
    return Table(
        title="What is billed, by owner (requests at the smallest number of pods; volumes of storage class "
        f"{topology.storage_class or 'the cluster chooses'})",
        columns=("owner", "pods", "CPU cores", "memory GiB", "volumes GiB", "servers"),
        rows=tuple(rows),
    )
