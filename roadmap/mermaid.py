"""A drawing as Mermaid text: the same drawing always gives the same text."""

import re

from roadmap.drawing import Drawing, Link, Node

SHAPES = {
    "gateway": ("([", "])"),
    "workload": ("[", "]"),
    "store": ("[(", ")]"),
    "parked": ("[(", ")]"),
    "broker": ("{{", "}}"),
    "proxy": ("[/", "/]"),
    "prepared": ("(", ")"),
    "outside": ("([", "])"),
}
ARROWS = {"request": "==>", "data": "-->", "event": "-.->", "read": "-->"}
STYLES = {
    "parked": "stroke-dasharray:5 5,opacity:0.6",
    "added": "stroke:#1a7f37,stroke-width:3px",
    "removed": "stroke:#cf222e,stroke-width:2px,stroke-dasharray:5 5",
    "changed": "stroke:#9a6700,stroke-width:3px",
}


def mermaid(drawing: Drawing) -> str:
    """Flowchart text, ready for a fenced block of a README."""
    lines = ["flowchart LR"]
    lines += [f"  {_node(node)}" for node in drawing.nodes if node.group is None]
    for group in drawing.groups:
        lines.append(f'  subgraph group_{_id(group.id)}["{group.label}{_mark(group.status)}"]')
        lines += [f"    {_node(node)}" for node in drawing.nodes if node.group == group.id]
        lines.append("  end")
    lines += [f"  {_link(link)}" for link in drawing.links]
    used = {node.status for node in drawing.nodes} | {"parked" for n in drawing.nodes if n.kind == "parked"}
    lines += [f"  classDef {name} {style}" for name, style in STYLES.items() if name in used]
    return "\n".join(lines) + "\n"


def _id(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "_", name)


def _mark(status: str) -> str:
    return "" if status == "same" else f" [{status}]"


def _node(node: Node) -> str:
    opened, closed = SHAPES[node.kind]
    style = node.status if node.status != "same" else ("parked" if node.kind == "parked" else "")
    suffix = f":::{style}" if style else ""
    return f'{_id(node.id)}{opened}"{node.label}{_mark(node.status)}"{closed}{suffix}'


def _link(link: Link) -> str:
    label = f"{link.label}{_mark(link.status)}".strip()
    text = f'|"{label}"|' if label else ""
    return f"{_id(link.source)} {ARROWS[link.kind]}{text} {_id(link.target)}"
