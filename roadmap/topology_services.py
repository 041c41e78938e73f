"""Services in a topology: workloads, migrations, and the pipelines that release them."""

from roadmap.topology_stores import Frozen, Resources, StoreUse
from roadmap.vocabulary import WorkloadRole


class BrokerUse(Frozen):
    """One workload's connection to the broker as its owner's broker user."""

    user: str
    variable: str


class Setting(Frozen):
    """A plain, non-secret environment variable."""

    name: str
    value: str


class SecretSetting(Frozen):
    """A secret environment variable that the stack's config supplies (`application_secrets`)."""

    name: str


class Scaling(Frozen):
    """How many pods a workload runs."""

    minimum: int
    maximum: int
    """Equal to `minimum` for a workload without autoscaling."""
    cpu_utilization_percent: int = 70
    queue: str | None = None
    """Celery queue whose depth decides instead of the CPU, which says nothing about waiting for somebody else."""


class Workload(Frozen):
    """One Deployment (or, with a schedule, CronJob) of an owner."""

    name: str
    role: WorkloadRole
    command: tuple[str, ...]
    port: int | None = None
    """Container port of its Service; None for a workload nobody connects to."""
    health_path: str | None = None
    """HTTP path of the readiness and liveness probes; None: probed by `health_command`."""
    live_path: str | None = None
    """HTTP path of the liveness probe where it is not `health_path`: a database that is away is no cause to restart."""
    health_port: int | None = None
    """Port of both paths; None: `port`."""
    health_command: tuple[str, ...] = ()
    scaling: Scaling
    resources: Resources
    stores: tuple[StoreUse, ...] = ()
    broker: BrokerUse | None = None
    settings: tuple[Setting, ...] = ()
    secrets: tuple[SecretSetting, ...] = ()
    signs_tokens: bool = False
    """True for the one workload that signs access tokens; everyone else validates by JWKS."""
    schedule: str | None = None
    """Cron expression; None for a Deployment."""
    writable_paths: tuple[str, ...] = ()
    """Folders that the container writes to beside /tmp; each is the pod's own and goes with it."""


class Migration(Frozen):
    """The Job that brings an owner's schema to an image's version before the rollout of that image."""

    name: str
    """Base name of the Job, and the `app.kubernetes.io/name` of its pods."""
    command: tuple[str, ...]
    stores: tuple[StoreUse, ...]
    resources: Resources


class Pipeline(Frozen):
    """How an owner releases, independent of every other owner and of this stack's lock (Global Anti-Patterns)."""

    owner: str
    namespace: str
    deployer: str
    """ServiceAccount whose rights end at the namespace."""
    source_paths: tuple[str, ...]
    """Path filter of the trigger, in the application's repository."""
    registry: str
    """Image repository, without tag or digest, that only this pipeline pushes to."""
    deployments: tuple[str, ...]
    release_record: str
    """ConfigMap in which the pipeline writes which image it released."""


class IdentityProvider(Frozen):
    """An external identity provider by which users log in."""

    alias: str
    """`google`, `github` or another kind that the product knows."""
    client_id: str
    """How the provider knows the product; for SAML, the entity id."""
    secret: str | None
    """Name of the application secret with the client's secret; None for one without, such as SAML."""
    metadata_url: str | None = None
    """SAML: where the provider publishes its metadata, and in it the keys that it signs with."""
    login_url: str | None = None
    """SAML: where the provider takes requests to log in (its SingleSignOnService)."""


class IdentityRealm(Frozen):
    """What a Job configures in an identity product, again whenever it has changed (3. Auth Module Extraction)."""

    name: str
    """Name of the realm, the last part of the issuer's path."""
    job: str
    """Base name of the Job, and the `app.kubernetes.io/name` of its pods."""
    image: str
    """Image of keycloak-config-cli."""
    base_url: str
    """URL of the identity product inside the cluster, with its relative path."""
    public_url: str
    """URL of the product, to which logins return."""
    providers: tuple[IdentityProvider, ...]


class Service(Frozen):
    """The monolith or an extracted service: own namespace, workloads, stores, pipeline."""

    owner: str
    namespace: str
    image: str
    workloads: tuple[Workload, ...]
    migration: Migration | None
    jwks_path: str | None = None
    """Path at which this service publishes the public keys of the tokens it signs; None when it signs none."""
    signing_key: bool = False
    """True for the owner of a signing key of ours. It outlives the signing, so that the flag can be turned back."""
    realm: IdentityRealm | None = None
    """The realm of an identity product that is this service; None for every other service."""

    @property
    def secret_users(self) -> dict[str, tuple[str, ...]]:
        """By name of an application secret, what cannot start without it: workloads, then the realm's Job."""
        users = [(secret.name, workload.name) for workload in self.workloads for secret in workload.secrets]
        if self.realm is not None:
            users += [(p.secret, self.realm.job) for p in self.realm.providers if p.secret is not None]
        return {name: tuple(user for known, user in users if known == name) for name in sorted(dict(users))}
