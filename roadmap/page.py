"""A page that a browser shows without anything else: the diagram as SVG, its legend, and the tables below."""

from html import escape

from roadmap.drawing import Drawing
from roadmap.svg import svg
from roadmap.tables import Table

STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --paper: #ffffff; --soft: #f6f8fa; --line: #8c959f; --blue: #0969da;
  --violet: #8250df; --green: #1a7f37; --red: #cf222e; --amber: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --soft: #161b22; --line: #6e7681;
  --blue: #58a6ff; --violet: #bc8cff; --green: #3fb950; --red: #f85149; --amber: #d29922; } }
body { font: 14px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 1.5rem auto;
  max-width: 76rem; padding: 0 1rem; }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; }
svg text { fill: var(--ink); text-anchor: middle; }
svg .owner { text-anchor: start; font-weight: 600; font-size: 14px; }
svg .label { text-anchor: end; font-size: 10.5px; paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
svg .group { fill: var(--soft); stroke: var(--line); }
.node rect { fill: var(--paper); stroke: var(--line); stroke-width: 1.3; }
.node.store rect { stroke: var(--violet); } .node.parked rect { stroke: var(--violet); stroke-dasharray: 4 4; }
.node.gateway rect, .node.proxy rect { stroke: var(--blue); } .node.broker rect { stroke: var(--amber); }
.node.prepared rect { stroke-dasharray: 2 3; }
.link path { fill: none; stroke: var(--line); stroke-width: 1.1; } .tip { fill: var(--line); stroke: none; }
.link.request path { stroke: var(--blue); stroke-width: 1.8; } .link.data path { stroke: var(--violet); }
.link.event path { stroke: var(--amber); stroke-dasharray: 5 4; }
.link.read path { stroke: var(--blue); stroke-dasharray: 2 3; }
.added > rect, .link.added path { stroke: var(--green) !important; stroke-width: 2.6; }
.removed > rect, .link.removed path { stroke: var(--red) !important; stroke-width: 2; stroke-dasharray: 6 4; }
.changed > rect, .link.changed path { stroke: var(--amber) !important; stroke-width: 2.6; }
.removed > text { fill: var(--red); text-decoration: line-through; }
table { border-collapse: collapse; display: block; overflow-x: auto; } th, td { text-align: left; vertical-align: top;
  padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); }
h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
.legend span { margin-right: 1.2rem; } .legend b { font-weight: 600; }
"""
LEGEND = (
    ("requests", "blue"),
    ("reads over an edge (dotted)", "blue"),
    ("stores", "violet"),
    ("events (dashed)", "amber"),
)
CHANGES = (("added", "green"), ("removed", "red"), ("changed", "amber"))


def page(
    drawing: Drawing, *, heading: str, tables: tuple[Table, ...] = (), words: str = "", diff: bool = False
) -> str:
    """A whole HTML document; it loads nothing."""
    legend = "".join(
        f'<span><b style="color: var(--{colour})">▬</b> {escape(name)}</span>'
        for name, colour in (*LEGEND, *(CHANGES if diff else ()))
    )
    text = f"<pre>{escape(words)}</pre>\n" if words else ""
    body = "\n".join(table.html() for table in tables)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(drawing.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<h1>{escape(heading)}</h1>\n<p class="legend">{legend}</p>\n{svg(drawing)}\n{text}{body}\n</body>\n</html>\n'
    )
