"""A drawing as SVG: the gateway on the left, one box an owner, the broker on the right. No coordinates are guessed.

The same drawing always gives the same text.
"""

from collections import Counter
from dataclasses import dataclass
from html import escape

from roadmap.drawing import Drawing, Link, Node

ROW, BOX_HEIGHT = 46, 32
WIDTH = {"left": 190, "right": 230}
GATEWAY_X, LEFT_X, RIGHT_X, BROKER_X = 20, 330, 640, 980
SIDE_WIDTH = 150
GROUP_X, GROUP_WIDTH = 300, 600
GROUP_HEAD, GROUP_GAP, TOP = 34, 22, 30
LABEL = 13
"""Height of one line of a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where a node stands."""

    node: Node
    x: int
    y: int
    width: int

    @property
    def middle(self) -> int:
        """Height of its connections."""
        return self.y + BOX_HEIGHT // 2

    @property
    def right(self) -> int:
        """Its right side."""
        return self.x + self.width


def svg(drawing: Drawing) -> str:
    """An `<svg>` element with a title, for a page that brings the style."""
    boxes: dict[str, Box] = {}
    frames: list[str] = []
    y = TOP
    for group in drawing.groups:
        members = [node for node in drawing.nodes if node.group == group.id]
        left = [node for node in members if node.kind in ("workload", "prepared")]
        right = [node for node in members if node.kind not in ("workload", "prepared")]
        height = GROUP_HEAD + ROW * max(len(left), len(right), 1) + 4
        frames.append(
            f'<g class="{group.status}"><rect class="group" x="{GROUP_X}" y="{y}" width="{GROUP_WIDTH}" '
            f'height="{height}" rx="8"/><text class="owner" x="{GROUP_X + 12}" y="{y + 22}">{escape(group.label)}'
            f"{_mark(group.status)}</text></g>"
        )
        for x, side, column in ((LEFT_X, "left", left), (RIGHT_X, "right", right)):
            for place, node in enumerate(column):
                boxes[node.id] = Box(node=node, x=x, y=y + GROUP_HEAD + ROW * place, width=WIDTH[side])
        y += height + GROUP_GAP
    _sides(drawing, boxes, y)
    labelled: Counter[str] = Counter()
    links = "\n".join(_link(link, boxes, labelled) for link in drawing.links)
    nodes = "\n".join(_node(box) for box in boxes.values())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {BROKER_X + SIDE_WIDTH + 40} {y}" role="img">\n'
        f"<title>{escape(drawing.title)}</title>\n{MARKERS}\n"
        + "\n".join(frames)
        + f"\n{links}\n{nodes}\n</svg>"
    )


MARKERS = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" '
    'markerWidth="9" markerHeight="9" '
    'orient="auto-start-reverse"><path d="M0 0 L8 4 L0 8 z" class="tip"/></marker></defs>'
)


def _sides(drawing: Drawing, boxes: dict[str, Box], height: int) -> None:
    """What belongs to no owner: the gateway on the left, the broker and what is outside on the right."""
    middle = (height - TOP) // 2
    right = [node for node in drawing.nodes if node.group is None and node.kind != "gateway"]
    for node in drawing.nodes:
        if node.kind == "gateway":
            boxes[node.id] = Box(node=node, x=GATEWAY_X, y=middle, width=SIDE_WIDTH)
    for place, node in enumerate(right):
        boxes[node.id] = Box(node=node, x=BROKER_X, y=middle + place * ROW, width=SIDE_WIDTH + 20)


def _mark(status: str) -> str:
    return "" if status == "same" else f" ({status})"


def _node(box: Box) -> str:
    node = box.node
    radius = (
        16
        if node.kind in ("gateway", "broker", "outside")
        else (14 if node.kind in ("store", "parked") else 4)
    )
    text = escape(node.label + _mark(node.status))
    fitted = (
        f' textLength="{box.width - 12}" lengthAdjust="spacingAndGlyphs"'
        if len(text) * 6.6 > box.width - 12
        else ""
    )
    return (
        f'<g class="node {node.kind} {node.status}"><rect x="{box.x}" y="{box.y}" width="{box.width}" '
        f'height="{BOX_HEIGHT}" rx="{radius}"/><text x="{box.x + box.width // 2}" y="{box.middle + 4}"{fitted}>'
        f"{text}</text></g>"
    )


def _link(link: Link, boxes: dict[str, Box], labelled: Counter[str]) -> str:
    """A curve, and for a request its path and weight; `labelled` keeps the labels of one target apart."""
    source, target = boxes[link.source], boxes[link.target]
    if source.x == target.x:
        # Within one column the curve leaves and comes back on the left.
        bend = source.x - 22
        path = f"M{source.x} {source.middle} C{bend} {source.middle} {bend} {target.middle} {target.x} {target.middle}"
        at = (bend, (source.middle + target.middle) // 2)
    elif source.x < target.x:
        reach = (target.x - source.right) // 2
        path = (
            f"M{source.right} {source.middle} C{source.right + reach} {source.middle} {target.x - reach} "
            f"{target.middle} {target.x} {target.middle}"
        )
        at = (target.x - 8, target.middle - 5)
    else:
        reach = (source.x - target.right) // 2
        path = (
            f"M{source.x} {source.middle} C{source.x - reach} {source.middle} {target.right + reach} "
            f"{target.middle} {target.right} {target.middle}"
        )
        at = (target.right + 8, target.middle - 5)
    label = ""
    if link.kind == "request":
        height = at[1] - LABEL * labelled[link.target]
        labelled[link.target] += 1
        label = f'<text class="label" x="{at[0]}" y="{height}">{escape(link.label)}</text>'
    hint = escape(f"{source.node.label} → {target.node.label} {link.label}{_mark(link.status)}".strip())
    return (
        f'<g class="link {link.kind} {link.status}"><path d="{path}" marker-end="url(#tip)">'
        f"<title>{hint}</title></path>{label}</g>"
    )
