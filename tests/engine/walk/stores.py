"""Which objects hold data, by identity: whoever keeps its uid was never replaced."""

from tests.engine.conftest import Project

KINDS = "cluster.postgresql.cnpg.io,rabbitmqcluster,statefulset,persistentvolumeclaim"


def identities(project: Project, prefix: str) -> dict[str, str]:
    """uid of every object that holds data in the namespaces of a stack, by kind, namespace and name.

    A StatefulSet that an operator made counts too: its pods come and go, it does not.
    """
    return {
        f"{item['kind']} {item['metadata']['namespace']}/{item['metadata']['name']}": item["metadata"]["uid"]
        for item in project.get(f"{KINDS} -A")["items"]
        if item["metadata"]["namespace"].startswith(f"{prefix}-")
    }


def lost(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """What held data before and does not, or is another object, now."""
    return [
        f"{name}: {'gone' if name not in after else 'another object'}"
        for name in before
        if before[name] != after.get(name)
    ]
