"""The closed list of what a move may touch outside its domain, with what of it may change and why.

Whatever is touched and stands neither here nor among the domain's own belongings is a failure.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from roadmap.topology import MONOLITH, Edge
from tests.components.blast_radius.belongings import part
from tests.components.blast_radius.changes import Touch
from tests.components.blast_radius.graph import Node
from tests.components.blast_radius.moves import CATALOG, Tried

ANY = frozenset(Touch)
COMES_AND_GOES = frozenset({Touch.CREATED, Touch.DELETED})
UPDATED = frozenset({Touch.UPDATED})
REPLACED = frozenset({Touch.REPLACED})
CHECKSUM_AND_SETTINGS = (
    "spec.template.metadata.annotations",
    "spec.template.spec.containers[0].env",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One kind of shared object."""

    name: str
    reason: str
    touches: frozenset[Touch]
    matches: Callable[[Node, Tried], bool]
    fields: tuple[str, ...] = ("",)
    """Beginnings of the paths that an update may change."""


def _edges(tried: Tried) -> Iterator[Edge]:
    """Edges that end at the domain, and where it issues tokens, all over which public keys are read."""
    key_paths = {tried.before.services[0].jwks_path, tried.after.services[0].jwks_path}
    issues = any("jwks" in CATALOG.domain(tried.domain).phase(phase).provides for phase in tried.phases)
    for edge in (*tried.before.edges, *tried.after.edges):
        keys = edge.name.endswith("-keys") or set(edge.path_prefixes) <= key_paths
        if tried.domain in (edge.consumer, edge.upstream) or (issues and keys):
            yield edge


def _of_edge(node: Node, tried: Tried) -> bool:
    return node.label in {edge.name for edge in _edges(tried)}


def _trusts_issuers(node: Node, tried: Tried) -> bool:
    """Settings and Deployments of workloads that are told whose tokens to trust, when the domain issues tokens."""
    if not any("jwks" in CATALOG.domain(tried.domain).phase(phase).provides for phase in tried.phases):
        return False
    return node.label in {
        workload.name
        for topology in (tried.before, tried.after)
        for service in topology.services
        for workload in service.workloads
        if {"TRUSTED_JWKS_URLS", "TOKEN_ISSUER"} & {setting.name for setting in workload.settings}
    }


def _signs(node: Node, tried: Tried) -> bool:
    return node.label in {
        workload.name
        for topology in (tried.before, tried.after)
        for service in topology.services
        for workload in service.workloads
        if workload.signs_tokens
    }


def _changed_by_phase(node: Node, tried: Tried) -> bool:
    return node.owner == MONOLITH and node.label in part(tried.domain, tried.phases).changed


def _settings(node: Node) -> bool:
    return node.kind == "ConfigMap" and node.object_name == f"{node.label}-settings"


def _workload(node: Node) -> bool:
    return node.kind == "Deployment" and node.object_name == node.label


def _monolith_store(node: Node, tried: Tried) -> bool:
    return node.label in {store.name for store in tried.after.stores if store.owner == MONOLITH}


def _grants(node: Node, tried: Tried) -> bool:
    stores = [store.name for store in tried.after.stores if store.owner == MONOLITH]
    return any(node.object_name.startswith(f"{store}-grants") for store in stores)


SHARED = (
    Shared(
        name="broker definitions",
        reason="users, permissions, queues and bindings of all owners are one document",
        touches=UPDATED,
        fields=("data", "stringData"),
        matches=lambda n, t: n.kind == "Secret" and n.object_name == f"{t.after.broker.name}-definitions",
    ),
    Shared(
        name="broker definitions' import",
        reason="a Job is named by what it imports, so another document is another Job",
        touches=REPLACED,
        matches=lambda n, t: n.kind == "Job" and n.label == f"{t.after.broker.name}-definitions",
    ),
    Shared(
        name="network policies of both ends",
        reason="a path that opens or closes has an egress and an ingress, and only one of them is the domain's",
        touches=ANY - REPLACED,
        matches=lambda n, t: n.kind == "NetworkPolicy",
    ),
    Shared(
        name="grants to the edge",
        reason="the gateway may reach those Services only that a route leads to",
        touches=UPDATED,
        fields=("spec.to",),
        matches=lambda n, t: n.kind == "ReferenceGrant",
    ),
    Shared(
        name="settings of the monolith",
        reason="a phase of the catalog changes this workload's settings",
        touches=UPDATED,
        fields=("data",),
        matches=lambda n, t: _settings(n) and _changed_by_phase(n, t),
    ),
    Shared(
        name="config checksum of the monolith",
        reason="pods read their settings at the start, so changed ones roll them",
        touches=UPDATED,
        fields=CHECKSUM_AND_SETTINGS,
        matches=lambda n, t: _workload(n) and _changed_by_phase(n, t),
    ),
    Shared(
        name="secrets of the monolith",
        reason="a phase needs a secret that the stack supplies, or no longer does",
        touches=ANY - REPLACED,
        fields=("data", "stringData"),
        matches=lambda n, t: n.kind == "Secret" and n.object_name == f"{MONOLITH}-secrets",
    ),
    Shared(
        name="generated application secrets",
        reason="where the stack supplies none, one is drawn for as long as a workload asks for it",
        touches=COMES_AND_GOES,
        matches=lambda n, t: (
            n.kind == "RandomPassword"
            and n.name
            in {
                f"{setting.lower().replace('_', '-')}-password"
                for topology in (t.before, t.after)
                for setting in topology.application_secrets
            }
        ),
    ),
    Shared(
        name="trusted issuers: settings",
        reason="every workload that validates tokens is told the issuers and their public keys",
        touches=UPDATED,
        fields=("data",),
        matches=lambda n, t: _settings(n) and _trusts_issuers(n, t),
    ),
    Shared(
        name="trusted issuers: config checksum",
        reason="pods read their settings at the start, so changed ones roll them",
        touches=UPDATED,
        fields=CHECKSUM_AND_SETTINGS,
        matches=lambda n, t: _workload(n) and _trusts_issuers(n, t),
    ),
    Shared(
        name="signing of tokens",
        reason="the workload that signs mounts the key while its tokens are issued, and not once they have expired",
        touches=UPDATED,
        fields=(
            *CHECKSUM_AND_SETTINGS,
            "spec.template.spec.volumes",
            "spec.template.spec.containers[0].volumeMounts",
        ),
        matches=lambda n, t: _workload(n) and _trusts_issuers(n, t) and _signs(n, t),
    ),
    Shared(
        name="proxies of edges",
        reason="an edge that ends at the domain or carries its public keys stands at its consumer",
        touches=ANY - REPLACED,
        matches=_of_edge,
    ),
    Shared(
        name="roles of the monolith's Postgres",
        reason="a role of the domain's phase or of its data move is one of the database's",
        touches=UPDATED,
        fields=("spec.managed.roles",),
        matches=lambda n, t: n.kind == "Cluster" and _monolith_store(n, t),
    ),
    Shared(
        name="grants of the monolith's Postgres",
        reason="what those roles may read is one document for the database",
        touches=ANY - REPLACED,
        fields=("data",),
        matches=lambda n, t: n.kind == "ConfigMap" and _grants(n, t),
    ),
    Shared(
        name="grants' Job",
        reason="a Job is named by the statements it runs",
        touches=ANY,
        matches=lambda n, t: n.kind == "Job" and _grants(n, t),
    ),
    Shared(
        name="rights of the monolith's pipeline",
        reason="it may patch the Deployments of the monolith's image by name, and only those",
        touches=UPDATED,
        fields=("rules",),
        matches=lambda n, t: n.kind == "Role" and n.object_name == f"{MONOLITH}-deployer",
    ),
    Shared(
        name="workflow of the monolith's pipeline",
        reason="it names the Deployments that it releases",
        touches=UPDATED,
        fields=("data",),
        matches=lambda n, t: n.kind == "ConfigMap" and n.object_name == f"{MONOLITH}-workflow",
    ),
)


def shared_as(node: Node, tried: Tried, touch: Touch, changed: tuple[str, ...]) -> Shared | None:
    """The entry that allows this touch; None where the list has none."""
    for entry in SHARED:
        if (
            entry.matches(node, tried)
            and touch in entry.touches
            and (touch is not Touch.UPDATED or all(path.startswith(entry.fields) for path in changed))
        ):
            return entry
    return None
