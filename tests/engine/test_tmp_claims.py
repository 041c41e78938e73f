import json, sys
from tests.engine.conftest import Project
from tests.engine.test_year1 import uids, changes
from tests.engine.walk.stores import identities, lost


def show(p, what):
    for c in p.get("pvc -A")["items"]:
        print(
            what,
            c["metadata"]["namespace"],
            c["metadata"]["name"],
            c["status"],
            c["spec"]["resources"],
            c["metadata"]["labels"],
        )
    return {c["metadata"]["name"]: c for c in p.get("pvc -n year1-monolith")["items"]}


def test_claim(year1: Project) -> None:
    c = show(year1, "up")["data-monolith-redis-0"]
    assert c["status"]["phase"] == "Bound"
    pod = year1.get("pod monolith-redis-0 -n year1-monolith")
    print(pod["spec"]["volumes"], pod["status"]["phase"])
    before = identities(year1, "year1")
    year1.replace_in_stack_file(
        "year1",
        "  service-extraction:public:\n",
        "  service-extraction:sizes: {monolith-redis: 7}\n  service-extraction:public:\n",
    )
    text = year1.make("up", STACK="year1").must_succeed().text
    print(text)
    c = show(year1, "grown")["data-monolith-redis-0"]
    assert c["spec"]["resources"]["requests"]["storage"] == "7Gi"
    assert lost(before, identities(year1, "year1")) == []
    print(year1.shell("pulumi refresh -s year1 --yes --skip-preview").must_succeed().text[-1500:])
    text = year1.make("up", STACK="year1").must_succeed().text
    assert changes(text) == [], text
    pod2 = year1.get("pod monolith-redis-0 -n year1-monolith")
    assert pod2["metadata"]["uid"] == pod["metadata"]["uid"]
    print(year1.shell("pulumi stack export -s year1 | grep -n -i persistentvolumeclaim | head").text)
