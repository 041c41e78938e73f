"""Labels of every object: whose it is first, then the recommended names that other tools show.

The owner is a label and not only a namespace, because it is what the isolation rules compare, on whatever
kind.
"""

OWNER = "service-extraction/owner"
"""`monolith` or a domain: the one owner of the object (Shared-nothing between services)."""
NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"
PART_OF = "app.kubernetes.io/part-of"
MANAGED_BY = "app.kubernetes.io/managed-by"

PRODUCT = "pmt"


def labels(*, owner: str, name: str, component: str) -> dict[str, str]:
    """All labels of one object; `name` is the workload's, store's or broker's own name."""
    return {
        OWNER: owner,
        NAME: name,
        COMPONENT: component,
        PART_OF: PRODUCT,
        MANAGED_BY: "pulumi",
    }


def selector(*, owner: str, name: str) -> dict[str, str]:
    """What selects the pods of one workload: never changes during its life, for a Deployment's selector may not."""
    return {OWNER: owner, NAME: name}
