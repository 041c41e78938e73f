"""The years' diagrams as a section of a README, between two marks that a person sets."""

from collections.abc import Sequence

from roadmap.drawing import draw
from roadmap.mermaid import mermaid
from roadmap.refusal import Refusal
from roadmap.topology import Topology

BEGIN, END = "<!-- diagrams: begin -->", "<!-- diagrams: end -->"


def diagrams(topologies: Sequence[Topology]) -> str:
    """A folded block a topology, the first one open."""
    blocks = [
        f"<details{'' if place else ' open'}>\n<summary>{topology.stack}: year {topology.year}</summary>\n\n"
        f"```mermaid\n{mermaid(draw(topology))}```\n\n</details>\n"
        for place, topology in enumerate(topologies)
    ]
    return "\n".join(blocks)


def with_diagrams(text: str, topologies: Sequence[Topology], *, file: str) -> str:
    """The text with its section replaced; raises Refusal where the marks are missing or the wrong way round."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise Refusal("has no place for diagrams", file=file, fix=f"write `{BEGIN}` and, below it, `{END}`")
    return f"{before}{BEGIN}\n\n{diagrams(topologies)}\n{END}{after}"
