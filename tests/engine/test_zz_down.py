"""The way out, last of all: `make down` empties the stack, `make cluster-down` leaves no process and no file."""

import json

from tests.engine.conftest import Project


def test_down_empties_the_stack_and_the_cluster(year1: Project) -> None:
    year1.make("down", STACK="year1", YES="1").must_succeed()
    state = json.loads(year1.shell("pulumi stack export -s year1").must_succeed().text)
    assert state["deployment"].get("resources", []) == []
    assert "year1-" not in year1.kubectl("get namespaces -o name")


def test_an_up_after_a_lost_cluster_recovers(year1: Project) -> None:
    """`make cluster-down` takes the objects; the next `up` notices and makes them again."""
    year1.make("up", STACK="year1").must_succeed()
    year1.make("cluster-down").must_succeed()
    assert not (year1.root / ".cluster").exists()
    year1.make("up", STACK="year1").must_succeed()
    assert year1.get("deployments -n year1-monolith")["items"]
    year1.make("down", STACK="year1", YES="1").must_succeed()
