"""CloudNativePG: the `spec` of the `Cluster` that holds one store."""

from collections.abc import Mapping

from roadmap.topology import Store, StoreUser


def owner_of_database(store: Store) -> StoreUser:
    """The one role that owns the logical database; raises ValueError when there is not exactly one."""
    owners = [user for user in store.users if user.owns_database]
    if len(owners) != 1:
        raise ValueError(f"store {store.name} ({store.owner}): {len(owners)} users own the database, not one")
    return owners[0]


def cluster_spec(
    store: Store,
    *,
    image: str,
    storage_class: str | None,
    secret_names: Mapping[str, object],
    pod_labels: Mapping[str, str],
) -> dict[str, object]:
    """Spec with our own credentials: `secret_names` maps a role to its basic-auth Secret in the same namespace.

    Roles beside the database's owner are managed by the operator, which also drops those that are retired; what they
    may read is granted by a Job of the owner's role (`rendering/grants.py`). Instances follow the primary as streaming
    replicas and answer on `<name>-ro`.
    """
    owner = owner_of_database(store)
    volume: dict[str, object] = {"size": f"{store.storage_gib}Gi"}
    if storage_class is not None:
        volume["storageClass"] = storage_class
    spec: dict[str, object] = {
        "instances": 1 + (store.replica.instances if store.replica else 0),
        "imageName": image,
        "primaryUpdateStrategy": "unsupervised",
        "primaryUpdateMethod": "switchover",
        "enableSuperuserAccess": False,
        "bootstrap": {
            "initdb": {
                "database": store.database,
                "owner": owner.name,
                "secret": {"name": secret_names[owner.name]},
                "dataChecksums": True,
            }
        },
        "storage": volume,
        "resources": {
            "requests": {"cpu": store.resources.cpu_request, "memory": store.resources.memory_request},
            "limits": {"memory": store.resources.memory_limit},
        },
        # Pods, claims and Services that the operator makes carry the owner too.
        "inheritedMetadata": {"labels": dict(pod_labels)},
        "affinity": {
            "enablePodAntiAffinity": True,
            "topologyKey": "kubernetes.io/hostname",
            "podAntiAffinityType": "preferred",
        },
    }
    roles: list[dict[str, object]] = [
        {
            "name": user.name,
            "ensure": "present",
            "login": True,
            "passwordSecret": {"name": secret_names[user.name]},
        }
        for user in store.users
        if not user.owns_database
    ]
    roles += [{"name": name, "ensure": "absent"} for name in store.retired_users]
    if roles:
        spec["managed"] = {"roles": roles}
    return spec
