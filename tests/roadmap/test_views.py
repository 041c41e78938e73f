"""Tables, diagrams, differences and steps, as a person asks for them on the command line."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from roadmap import Catalog, Topology, load_stack_file, resolve
from roadmap.__main__ import main
from roadmap.differences import differences
from roadmap.drawing import Drawing, draw, overlay
from roadmap.mermaid import mermaid
from roadmap.page import page
from roadmap.readme import BEGIN, END, with_diagrams
from roadmap.sizes import mebibytes, millicores, sizes_of
from roadmap.svg import svg
from roadmap.tables import heading, show, tables_of
from tests.roadmap.building import ROOT, STACKS, configured, topology_of, with_drivers

YEARS = ["year1", "year2", "year3"]


@pytest.fixture(scope="module")
def years(catalog: Catalog) -> dict[str, Topology]:
    return {name: resolve(load_stack_file(STACKS / f"Pulumi.{name}.yaml"), catalog) for name in YEARS}


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("name", YEARS)
def test_show_names_everything(years: dict[str, Topology], name: str) -> None:
    topology, text = years[name], show(years[name])
    names = [s.name for s in topology.stores] + [e.name for e in topology.edges]
    names += [q.name for q in topology.broker.queues] + [
        w.name for s in topology.services for w in s.workloads
    ]
    names += [r.path_prefix for r in topology.routes] + [p.registry for p in topology.pipelines]
    names += [p.phase for p in topology.domains]
    assert [thing for thing in names if thing not in text] == []
    assert "pods are simulated" in text.splitlines()[0]


def test_show_of_a_real_cluster_says_nothing_of_simulation(catalog: Catalog) -> None:
    topology = resolve(load_stack_file(STACKS / "Pulumi.dev.yaml"), catalog)
    assert "simulated" not in show(topology)


def test_columns_are_aligned(years: dict[str, Topology]) -> None:
    for table in tables_of(years["year3"]):
        lines = table.text().splitlines()[1:]
        starts = [match.start() for match in re.finditer(r"─+", lines[1])]
        assert len(starts) == len(table.columns)
        for line in lines[2:]:
            assert all(len(line) <= start or line[start - 1] == " " for start in starts)


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [("250m", 250), ("2", 2000), ("0.5", 500)],
    ids=["millicores", "cores", "half a core"],
)
def test_cpu(quantity: str, expected: int) -> None:
    assert millicores(quantity) == expected


@pytest.mark.parametrize(("quantity", "expected"), [("512Mi", 512), ("2Gi", 2048), ("1.5Gi", 1536)])
def test_memory(quantity: str, expected: int) -> None:
    assert mebibytes(quantity) == expected


def test_sizes_are_sums_by_owner(years: dict[str, Topology]) -> None:
    monolith = sizes_of(years["year1"])[0]
    # Postgres 2 × 20, Redis 2, broker 5; api 2, worker 2, beat 1, consumer 1 at least and 6, 4, 1, 3 at most.
    assert (monolith.volumes_gib, monolith.pods, monolith.most_pods) == (47, 6, 14)
    assert [size.owner for size in sizes_of(years["year3"])] == [
        "monolith",
        "ai",
        "analytics",
        "auth",
        "notifications",
    ]


def test_a_parked_store_is_still_billed(catalog: Catalog) -> None:
    topology = topology_of(catalog, extract={"ai": {"phase": "worker", "parked": True}})
    (ai,) = (size for size in sizes_of(topology) if size.owner == "ai")
    assert (ai.pods, ai.volumes_gib) == (0, 10)
    assert "parked" in ai.servers[0]


@pytest.mark.parametrize("name", YEARS)
def test_diagrams_are_deterministic_and_hold_every_workload_store_and_edge(
    catalog: Catalog, years: dict[str, Topology], name: str
) -> None:
    again = resolve(load_stack_file(STACKS / f"Pulumi.{name}.yaml"), catalog)
    drawing = draw(years[name])
    assert mermaid(drawing) == mermaid(draw(again))
    assert svg(drawing) == svg(draw(again))
    for text in (mermaid(drawing), svg(drawing)):
        for service in years[name].services:
            assert all(workload.name in text for workload in service.workloads)
        assert all(store.name in text for store in years[name].stores)
        assert all(edge.name in text for edge in years[name].edges)


@pytest.mark.parametrize("name", YEARS)
def test_every_link_joins_two_nodes_that_are_drawn(years: dict[str, Topology], name: str) -> None:
    drawing = draw(years[name])
    ids = {node.id for node in drawing.nodes}
    assert len(ids) == len(drawing.nodes)
    assert {end for link in drawing.links for end in (link.source, link.target)} <= ids
    lines = mermaid(drawing).splitlines()
    assert lines[0] == "flowchart LR"
    assert sum(line.strip().startswith("subgraph ") for line in lines) == lines.count("  end")


class _Page(HTMLParser):
    """Everything a page would load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [str(value) for key, value in attrs if key in ("src", "href", "srcset", "data")]
        if tag in ("script", "link", "iframe", "img", "object"):
            self.loads.append(tag)


@pytest.mark.parametrize("name", YEARS)
def test_the_page_is_self_contained_and_its_svg_is_well_formed(years: dict[str, Topology], name: str) -> None:
    drawing = draw(years[name])
    text = page(drawing, heading=heading(years[name]), tables=tables_of(years[name]))
    parser = _Page()
    parser.feed(text)
    assert parser.loads == []
    assert "url(" not in text.replace("url(#tip)", "")
    tree = ElementTree.fromstring(svg(drawing))
    space = "{http://www.w3.org/2000/svg}"
    boxes = tree.findall(f".//{space}g/{space}rect")
    assert len(boxes) == len(drawing.nodes) + len(drawing.groups)
    _, _, width, height = (float(part) for part in tree.attrib["viewBox"].split())
    for box in boxes:
        assert 0 <= float(box.attrib["x"]) <= width - float(box.attrib["width"])
        assert 0 <= float(box.attrib["y"]) <= height - float(box.attrib["height"])


@pytest.mark.parametrize("name", YEARS)
def test_no_two_boxes_overlap(years: dict[str, Topology], name: str) -> None:
    tree = ElementTree.fromstring(svg(draw(years[name])))
    boxes = [
        tuple(float(rect.attrib[side]) for side in ("x", "y", "width", "height"))
        for rect in tree.iter("{http://www.w3.org/2000/svg}rect")
        if rect.attrib.get("class") != "group"
    ]
    for place, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[place + 1 :]:
            apart = (
                x + width <= other_x
                or other_x + other_width <= x
                or y + height <= other_y
                or other_y + other_height <= y
            )
            assert apart


def test_a_topology_does_not_differ_from_itself(years: dict[str, Topology]) -> None:
    assert differences(years["year3"], years["year3"]) == ()
    drawing = overlay(draw(years["year3"]), draw(years["year3"]))
    statuses = [group.status for group in drawing.groups] + [node.status for node in drawing.nodes]
    statuses += [link.status for link in drawing.links]
    assert set(statuses) == {"same"}


def test_differences_of_one_flag_are_about_that_domain(catalog: Catalog) -> None:
    lines = differences(topology_of(catalog), topology_of(catalog, extract={"ai": {"phase": "worker"}}))
    assert "~ domain ai: interface → worker" in lines
    assert "+ workload monolith/ai-worker: worker, 1 to 8 pods, by depth of queue ai" in lines
    assert "- setting monolith-api LLM_API_KEY: secret" in lines
    assert "+ queue ai.events: of ai, not bound" in lines
    others = [line for line in lines if re.search(r"\b(analytics|auth|notifications)\b", line)]
    assert others == []


def test_differences_are_the_same_backwards_with_the_signs_turned(years: dict[str, Topology]) -> None:
    there = differences(years["year1"], years["year3"])
    back = differences(years["year3"], years["year1"])
    turned = {"+": "-", "-": "+"}
    assert {line for line in there if line[0] in turned} == {
        turned[line[0]] + line[1:] for line in back if line[0] in turned
    }
    assert len(there) == len(back)


@pytest.mark.parametrize(("start", "end"), [("year1", "year2"), ("year2", "year3"), ("year3", "year1")])
def test_the_overlay_marks_what_comes_and_goes(years: dict[str, Topology], start: str, end: str) -> None:
    before, after = draw(years[start]), draw(years[end])
    drawing = overlay(before, after)
    assert _with(drawing, "added") == {n.id for n in after.nodes} - {n.id for n in before.nodes}
    assert _with(drawing, "removed") == {n.id for n in before.nodes} - {n.id for n in after.nodes}
    assert "classDef added" in mermaid(drawing) or not _with(drawing, "added")


def _with(drawing: Drawing, status: str) -> set[str]:
    return {node.id for node in drawing.nodes if node.status == status}


class TestCommands:
    """`python -m roadmap`, as the Makefile calls it."""

    @pytest.mark.parametrize("name", [*YEARS, "dev"])
    def test_show(self, capsys: pytest.CaptureFixture[str], name: str) -> None:
        assert main(["show", name]) == 0
        assert capsys.readouterr().out.startswith(f"{name}: year ")

    def test_show_takes_a_file_too(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["show", "stacks/Pulumi.year2.yaml"]) == 0
        assert "ai-postgres" in capsys.readouterr().out

    def test_diagram(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        assert main(["diagram", "year2"]) == 0
        assert capsys.readouterr().out.startswith("flowchart LR\n")
        target = tmp_path / "made" / "year2.html"
        assert main(["diagram", "year2", "--html", str(target)]) == 0
        assert "<svg" in target.read_text()

    def test_diff(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        assert main(["diff", "year1", "year2"]) == 0
        words = capsys.readouterr().out
        assert "~ domain ai: interface → service" in words
        assert "year2-" not in words
        assert main(["diff", "year1", "year2", "--mermaid"]) == 0
        assert ":::added" in capsys.readouterr().out
        assert main(["diff", "year1", "year2", "--html", str(tmp_path / "diff.html")]) == 0
        assert 'class="node store added"' in (tmp_path / "diff.html").read_text()

    def test_steps_there_and_back(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["steps", "year1", "year3"]) == 0
        there = capsys.readouterr().out
        assert there.startswith(
            "From year1 to year3, 26 steps, one an update:\n   1. ai: `interface` → `worker`\n"
        )
        assert "(needs readiness evidence)" in there
        assert main(["steps", "year3", "year1", "--flags"]) == 0
        back = capsys.readouterr().out
        assert "parked: true" in back
        assert back.endswith(
            "Stores of ai, analytics, auth, notifications stay parked; discarding them is a separate, confirmed step.\n"
        )
        assert main(["steps", "year2", "year2"]) == 0
        assert "stand at the same place" in capsys.readouterr().out

    def test_a_refusal_goes_to_standard_error(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["show", "nowhere"]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("stacks/Pulumi.nowhere.yaml: there is no stack `nowhere`\n  fix: ")
        assert "name one of dev, year1, year2, year3" in captured.err

    @pytest.mark.parametrize("name", ["", " "])
    def test_a_name_that_is_empty(self, capsys: pytest.CaptureFixture[str], name: str) -> None:
        assert main(["show", name]) == 1
        assert capsys.readouterr().err.startswith("stacks: the stack's name is empty\n  fix: name one of dev")

    def test_a_page_that_cannot_be_written(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        (tmp_path / "taken").mkdir()
        assert main(["diagram", "year1", "--html", str(tmp_path / "taken")]) == 1
        assert "cannot be written" in capsys.readouterr().err

    @pytest.mark.parametrize("arguments", [[], ["show"], ["paint", "year1"], ["diff", "year1"]])
    def test_wrong_usage(self, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
        assert "usage: python -m roadmap" in capsys.readouterr().err


def test_open_exemptions_are_shown(catalog: Catalog) -> None:
    exemption = {
        "direction": "forward",
        "owner": "Ada Example",
        "reason": "tables move",
        "expires": "2026-12-01",
    }
    flags = {"weight": 0, "old_path": "kept", "backfill": exemption}
    section = with_drivers(catalog, {"notifications": "service"}, notifications=flags)
    text = show(resolve(configured(extract=section), catalog))
    assert "forward backfill" in text
    assert "2026-12-01" in text
    assert "Ada Example" in text


def test_the_readmes_diagrams_are_those_of_the_three_years(years: dict[str, Topology]) -> None:
    """Written by `python -m roadmap diagram year1 year2 year3 --into README.md`."""
    text = (ROOT / "README.md").read_text()
    assert with_diagrams(text, list(years.values()), file="README.md") == text
    assert text.count("```mermaid") >= 3


class TestReadme:
    """The section of a README."""

    def test_it_is_written_between_its_marks(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "README.md"
        path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
        assert main(["diagram", "year1", "year2", "--into", str(path)]) == 0
        text = path.read_text()
        assert text.startswith(f"before\n{BEGIN}\n")
        assert text.endswith(f"{END}\nafter\n")
        assert "old" not in text
        assert text.count("flowchart LR") == 2
        assert main(["diagram", "year1", "year2", "--into", str(path)]) == 0
        assert path.read_text() == text

    def test_without_marks_it_is_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "README.md"
        path.write_text("nothing")
        assert main(["diagram", "year1", "--into", str(path)]) == 1
        assert "has no place for diagrams" in capsys.readouterr().err
        assert path.read_text() == "nothing"

    def test_a_file_that_is_not_there(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["diagram", "year1", "--into", str(tmp_path / "nowhere.md")]) == 1
        assert "cannot be read" in capsys.readouterr().err

    def test_several_stacks_need_a_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            main(["diagram", "year1", "year2"])
        assert "--into" in capsys.readouterr().err
