"""Shows what stack files mean, without touching anything: `python -m roadmap show|diagram|diff|steps STACK...`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from roadmap.catalog_entries import Catalog
from roadmap.catalog_files import load_catalog
from roadmap.differences import in_words
from roadmap.drawing import draw, overlay
from roadmap.mermaid import mermaid
from roadmap.page import page
from roadmap.readme import with_diagrams
from roadmap.refusal import Refusal, block, one_of
from roadmap.resolution import resolve
from roadmap.stack_config import StackConfig
from roadmap.stack_file import load_stack_file
from roadmap.steps import flags_of, steps_between
from roadmap.tables import heading, show, tables_of

FOLDER = Path("stacks")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it printed what was asked, 1 after a refusal, which goes to standard error."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "diagram" and options.others and options.into is None:
        parser.error("more than one stack needs --into FILE")
    try:
        print(_run(options), end="")
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m roadmap",
        description="Shows what stack files mean. A stack is a name, for stacks/Pulumi.<name>.yaml, or a file.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    sentence = "tables of a stack: domains, public paths, edges, events, and what is billed"
    shown = commands.add_parser("show", help=sentence, description=sentence)
    shown.add_argument("stack", metavar="STACK")
    sentence = "a stack as Mermaid text, or as a page with an SVG that any browser shows"
    drawn = commands.add_parser("diagram", help=sentence, description=sentence)
    drawn.add_argument("stack", metavar="STACK")
    drawn.add_argument("others", metavar="STACK", nargs="*", help="further stacks, with --into only")
    drawn.add_argument(
        "--into", metavar="FILE", type=Path, help="write the diagrams between the marks in FILE"
    )
    for name, sentence in (
        ("diff", "what is different between two stacks, in words, or as Mermaid text or a page"),
        ("steps", "the single legal steps, one an update, that lead from one stack to another"),
    ):
        command = commands.add_parser(name, help=sentence, description=sentence)
        command.add_argument("stack", metavar="FROM")
        command.add_argument("target", metavar="TO")
    for name in ("diagram", "diff"):
        command = commands.choices[name]
        command.add_argument("--html", metavar="FILE", type=Path, help="write a self-contained page to FILE")
    commands.choices["diff"].add_argument(
        "--mermaid", action="store_true", help="print Mermaid text, not words"
    )
    commands.choices["steps"].add_argument(
        "--flags", action="store_true", help="print each step's flags as YAML"
    )
    return parser


def _run(options: argparse.Namespace) -> str:
    catalog = load_catalog()
    config = _load(options.stack)
    match options.command:
        case "show":
            return show(resolve(config, catalog))
        case "diagram":
            return _diagram(config, catalog, options)
        case "diff":
            return _diff(config, _load(options.target), catalog, options)
        case _:
            return _steps(config, _load(options.target), catalog, flags=options.flags)


def _load(stack: str) -> StackConfig:
    path = Path(stack)
    if path.suffix == ".yaml":
        return load_stack_file(path)
    path = FOLDER / f"Pulumi.{stack}.yaml"
    if not stack.strip() or not path.exists():
        names = sorted(
            file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in FOLDER.glob("Pulumi.*.yaml")
        )
        raise Refusal(
            f"there is no stack `{stack}`" if stack.strip() else "the stack's name is empty",
            file=str(path if stack.strip() else FOLDER),
            fix=f"name one of {one_of(names)}" if names else f"run this where {FOLDER}/ is",
        )
    return load_stack_file(path)


def _diagram(config: StackConfig, catalog: Catalog, options: argparse.Namespace) -> str:
    topology = resolve(config, catalog)
    if options.into is not None:
        file: Path = options.into
        topologies = [topology, *(resolve(_load(other), catalog) for other in options.others)]
        try:
            text = file.read_text(encoding="utf-8")
        except OSError as error:
            raise Refusal(
                f"cannot be read: {error.strerror}", file=str(file), fix="name a file that can"
            ) from None
        return _written(file, with_diagrams(text, topologies, file=str(file)))
    drawing = draw(topology)
    if options.html is None:
        return mermaid(drawing)
    return _written(options.html, page(drawing, heading=heading(topology), tables=tables_of(topology)))


def _diff(config: StackConfig, other: StackConfig, catalog: Catalog, options: argparse.Namespace) -> str:
    # Under one prefix and host, or every namespace and URL would differ by name alone.
    moved = other.model_copy(update={"namespace_prefix": config.namespace_prefix, "public": config.public})
    before, after = resolve(config, catalog), resolve(moved, catalog)
    drawing = overlay(draw(before), draw(after))
    words = in_words(before, after)
    if options.html is not None:
        return _written(options.html, page(drawing, heading=drawing.title, words=words, diff=True))
    return mermaid(drawing) if options.mermaid else words


def _steps(config: StackConfig, other: StackConfig, catalog: Catalog, *, flags: bool) -> str:
    before, after = resolve(config, catalog), resolve(other, catalog)
    steps = steps_between(catalog, before.domains, after.domains)
    if not steps:
        return f"{before.stack} and {after.stack} stand at the same place.\n"
    lines = [f"From {before.stack} to {after.stack}, {len(steps)} steps, one an update:"]
    for number, step in enumerate(steps, start=1):
        evidence = " (needs readiness evidence)" if step.change.enters_service else ""
        lines.append(f"{number:4d}. {step.change.words}{evidence}")
        if flags:
            domain = step.change.domain
            section = {"service-extraction:extract": {domain: flags_of(catalog.domain(domain), step.after)}}
            lines.append(block(section).lstrip("\n"))
    parked = sorted({step.after.domain for step in steps if step.after.parked})
    staying = [name for name in parked if not next(p for p in after.domains if p.domain == name).parked]
    if staying:
        lines.append(
            f"Stores of {', '.join(staying)} stay parked; discarding them is a separate, confirmed step."
        )
    return "\n".join(lines) + "\n"


def _written(path: Path, text: str) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refusal(
            f"cannot be written: {error.strerror}", file=str(path), fix="name a file that can"
        ) from None
    return f"{path}\n"


if __name__ == "__main__":
    sys.exit(main())
