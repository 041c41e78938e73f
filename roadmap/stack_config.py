"""What a stack file says, checked where it enters: the only input of `resolve` besides the catalog.

Nothing here knows a domain by name; whether a phase exists is the catalog's answer, given by `resolve`.
"""

import datetime
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from roadmap.topology import Environment, Frozen

DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
IMAGE = re.compile(
    r"[a-z0-9][-a-z0-9._]*(:[0-9]+)?(/[a-z0-9][-a-z0-9._]*)*(:[\w][-\w.]{0,127})?(@sha256:[0-9a-f]{64})?"
)


def _number(value: object) -> object:
    """Accept the text of a number: `pulumi config set` writes one without `--path`."""
    if isinstance(value, bool):
        raise ValueError("must be a whole number")
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value) else value


def _flag(value: object) -> object:
    """Accept the text of a boolean, for the same reason, and nothing else that could pass for one."""
    found = {"true": True, "false": False}.get(value) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise ValueError("must be true or false")
    return found


def _day(value: object) -> object:
    """Accept a date, or the text of one; a number would pass for seconds since 1970."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.datetime.strptime(str(value), "%Y-%m-%d").date()
    except ValueError:
        raise ValueError("must be a valid date, written as year-month-day") from None


def _text(value: object) -> object:
    """Accept a number or a date where text is meant: YAML and `pulumi config set --path` guess the type."""
    if isinstance(value, int | float | datetime.date) and not isinstance(value, bool):
        return str(value)
    return value


def _one_or_many(value: object) -> object:
    """Accept a single name where a list is meant."""
    return (value,) if isinstance(value, str) else value


def _label(value: str) -> str:
    if not DNS_LABEL.fullmatch(value) or len(value) > 40:
        raise ValueError("must be a DNS label: lower-case letters, digits and `-`, at most 40 characters")
    return value


def _host(value: str) -> str:
    labels = value.split(".")
    if len(value) > 253 or not all(
        re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", part) for part in labels
    ):
        raise ValueError("must be a host name in lower case, without scheme, port or path")
    return value


def _image(value: str) -> str:
    if not IMAGE.fullmatch(value):
        raise ValueError(
            "is not an image reference; write `repository:tag` or `repository@sha256:...` with a digest of 64 digits"
        )
    if "@" not in value:
        tag = value.rpartition("/")[2].partition(":")[2]
        if not tag:
            raise ValueError("has neither tag nor digest; append one, such as `:1.4.2` or `@sha256:...`")
        if tag == "latest":
            raise ValueError("moves under your feet; name a fixed tag or a digest instead of `latest`")
    return value


def _cidr(value: str) -> str:
    from ipaddress import ip_network

    try:
        return str(ip_network(value))
    except ValueError as error:
        raise ValueError(f"must be an address range in CIDR notation, such as 10.0.0.0/16: {error}") from None


def _https_url(value: str) -> str:
    if not re.fullmatch(r"https://[a-z0-9][-a-z0-9.]*(:[0-9]+)?(/[-\w./~%]*)?", value):
        raise ValueError("must be an HTTPS URL without query or fragment")
    return value.rstrip("/")


def _https_address(value: str) -> str:
    if not re.fullmatch(r"https://[a-z0-9][-a-z0-9.]*(:[0-9]+)?(/[-\w./~%]*)?(\?[-\w./~%=&]*)?", value):
        raise ValueError("must be an HTTPS URL without fragment")
    return value


def _client_id(value: str) -> str:
    if not re.fullmatch(r"[\w.:/@~+-]{1,255}", value):
        raise ValueError("must be the id the provider gave out: letters, digits and `.:/@~+-_`, at most 255")
    return value


Text = Annotated[str, BeforeValidator(_text)]
WholeNumber = Annotated[int, BeforeValidator(_number)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Day = Annotated[datetime.date, BeforeValidator(_day)]
Label = Annotated[str, AfterValidator(_label)]
Host = Annotated[str, AfterValidator(_host)]
Image = Annotated[Text, AfterValidator(_image)]
Cidr = Annotated[str, AfterValidator(_cidr)]
HttpsUrl = Annotated[str, AfterValidator(_https_url)]
HttpsAddress = Annotated[str, AfterValidator(_https_address)]
ClientId = Annotated[Text, AfterValidator(_client_id)]
Port = Annotated[int, BeforeValidator(_number), Field(ge=1, le=65535)]


class Section(Frozen):
    """Base of the stack file's sections; booleans never pass for numbers, nor numbers for booleans."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class PodSelector(Section):
    """Pods of others, by namespace and labels."""

    namespace: Label
    labels: dict[str, Text] = Field(min_length=1)


class ClusterConfig(Section):
    """The one cluster this stack may touch."""

    kubeconfig: str = Field(min_length=1, examples=["~/.kube/config"])
    """Path, relative to the project's root; `~` is expanded."""
    context: str = Field(min_length=1, examples=["pmt-dev"])
    """Context in that file; no other is ever read or written."""
    embedded: Flag = Field(default=False, examples=[True])
    """True for the cluster that the project starts itself."""


class PublicConfig(Section):
    """Where the outside reaches the product, and by whom."""

    host: Host = Field(examples=["pmt.example.com"])
    gateway_class: Label = Field(examples=["envoy"])
    tls_secret: Label | None = None
    """Secret in the edge namespace with the host's certificate."""
    data_plane: PodSelector = Field(
        examples=[{"namespace": "gateway-system", "labels": {"app.kubernetes.io/name": "gateway"}}]
    )
    """The gateway's own pods, the only ones that may reach the API pods from outside."""


class OperatorsConfig(Section):
    """Where the operators run, so that they may reach the instances they look after."""

    postgres: PodSelector = PodSelector(
        namespace="cnpg-system", labels={"app.kubernetes.io/name": "cloudnative-pg"}
    )
    rabbitmq: PodSelector = PodSelector(
        namespace="rabbitmq-system", labels={"app.kubernetes.io/component": "rabbitmq-operator"}
    )
    dns: PodSelector = PodSelector(namespace="kube-system", labels={"k8s-app": "kube-dns"})
    monitoring: PodSelector | None = None
    """Pods that scrape metrics; None: nobody may."""
    keda: PodSelector | None = None
    """KEDA's operator, which scales by the depth of a queue; None: it is not installed."""


class ApiServerConfig(Section):
    """The API server as the cluster's pods reach it, behind the `kubernetes` Service."""

    cidr: Cidr = Field(examples=["10.0.0.10/32"])
    port: Port = Field(examples=[6443])


class IdentityProviderConfig(Section):
    """An external identity provider, by which users log in to the identity product in the cluster."""

    client_id: ClientId = Field(examples=["pmt.apps.example.com"])
    """How the provider knows the product; for SAML, the entity id. Its secret is an application secret."""
    metadata_url: HttpsAddress | None = Field(default=None, examples=["https://idp.example.com/metadata"])
    """SAML: where the provider publishes its metadata."""
    login_url: HttpsAddress | None = Field(default=None, examples=["https://idp.example.com/login"])
    """SAML: where the provider takes requests to log in."""


class ExternalConfig(Section):
    """Services of others, outside the cluster."""

    llm_url: HttpsUrl = Field(examples=["https://llm.example.com/v1"])
    smtp_host: Host = Field(examples=["smtp.example.com"])
    identity_issuer: HttpsUrl | None = Field(default=None, examples=["https://login.example.com"])
    """Issuer of a managed identity product; None: auth's last phase runs one in the cluster."""
    identity_jwks_url: HttpsUrl | None = Field(default=None, examples=["https://login.example.com/keys"])
    """Where that issuer publishes its public keys; None: below the issuer, at `/.well-known/jwks.json`."""
    identity_providers: dict[str, IdentityProviderConfig] = Field(
        default_factory=dict, examples=[{"google": {"client_id": "pmt.apps.example.com"}}]
    )
    """By alias, those of the catalog's providers that this stack uses."""


class BackfillConfig(Section):
    """The exemption that opens the one database-to-database link a data move needs."""

    direction: Literal["forward", "reverse"] = Field(examples=["forward"])
    """`forward` into the service, `reverse` back into the monolith."""
    owner: str = Field(min_length=1, examples=["Ada Example"])
    reason: str = Field(min_length=1, examples=["tables move with their domain"])
    expires: Day = Field(examples=["2026-12-01"])
    """Last day on which the link may stand."""


class DriverStatement(Section):
    """The "if" of the roadmap, stated by a named person on a date."""

    by: str = Field(min_length=1, examples=["Ada Example"])
    date: Day = Field(examples=["2026-10-01"])


class ExtractConfig(Section):
    """The flags of one domain; whatever is left out is the year's preset."""

    phase: Text | None = None
    weight: Annotated[WholeNumber, Field(ge=0, le=100)] | None = Field(default=None, examples=[10])
    """Share of the public path that reaches the service, in percent."""
    old_path: Literal["kept", "retired"] | None = None
    """Whether the path through the monolith is still up beside the service; left out, a stated weight keeps it."""
    parked: Flag = Field(default=False, examples=[True])
    """True for a domain that was turned back: its stores stay, protected and reached by nobody."""
    discard: Annotated[tuple[str, ...], BeforeValidator(_one_or_many)] = ()
    """Names of the parked stores, all of them, as the confirmation that they may go in the next update."""
    backfill: BackfillConfig | None = None
    backfilled: Literal["forward", "reverse"] | None = None
    """That a data move in this direction has ended, counts and checksums equal."""
    drivers: dict[str, DriverStatement] = Field(default_factory=dict)


class StackConfig(Section):
    """A stack file, checked. It holds no secret: of application secrets only the names that are set."""

    stack: str
    file: str
    """The stack file as it is called in messages."""
    year: Annotated[Literal[1, 2, 3], BeforeValidator(_number)] = Field(examples=[1])
    platform: Literal["kubernetes", "aws"] = Field(examples=["kubernetes"])
    environment: Environment = Field(examples=["dev"])
    cluster: ClusterConfig = Field(examples=[{"kubeconfig": "~/.kube/config", "context": "pmt-dev"}])
    namespace_prefix: Label = Field(examples=["dev"])
    public: PublicConfig = Field(
        examples=[
            {
                "host": "pmt.example.com",
                "gateway_class": "envoy",
                "data_plane": {
                    "namespace": "gateway-system",
                    "labels": {"app.kubernetes.io/name": "gateway"},
                },
            }
        ]
    )
    images: dict[str, Image] = Field(examples=[{"monolith": "registry.example.com/pmt/monolith:1.0.0"}])
    operators: OperatorsConfig = OperatorsConfig()
    api_server: ApiServerConfig = Field(examples=[{"cidr": "10.0.0.10/32", "port": 6443}])
    external: ExternalConfig = Field(
        examples=[{"llm_url": "https://llm.example.com/v1", "smtp_host": "smtp.example.com"}]
    )
    storage_class: Label | None = None
    sizes: dict[str, Annotated[WholeNumber, Field(ge=1, le=16384)]] = Field(default_factory=dict)
    """Volume size of a store, or of the broker, in GiB, where it differs from the catalog's."""
    as_of: Day | None = Field(default=None, examples=["2026-11-01"])
    """The day on which evidence and exemptions are judged; embedded stacks only, None: today."""
    readiness: str = "readiness"
    """Folder of the evidence files, relative to the stack file's."""
    application_secrets: tuple[str, ...] = ()
    extract: dict[str, ExtractConfig] = Field(default_factory=dict)
