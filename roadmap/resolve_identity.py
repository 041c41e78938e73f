"""The realm of an identity product that runs in the cluster, and the way its Job takes to configure it."""

from collections.abc import Iterator

from roadmap.catalog_parts import IdentityProviderEntry, RealmEntry
from roadmap.composition import Composition, Placed
from roadmap.pod_labels import pods
from roadmap.refusal import Refusal, nearest, paste
from roadmap.resolve_public import port_of, public_url, service_url
from roadmap.resolve_stores import image
from roadmap.stack_config import IdentityProviderConfig
from roadmap.topology import IdentityProvider, IdentityRealm, NetworkPath, Service

SECTION = "external.identity_providers"
SAML_KEYS = {"metadata_url": "https://idp.example.com/metadata", "login_url": "https://idp.example.com/login"}
"""What a provider without a client's secret is described by, each with an example."""


def resolve_realm(parts: Composition, placed: Placed) -> IdentityRealm | None:
    """The realm of a domain's service; None where it has none. Raises Refusal for a missing image.

    Providers are those of the catalog that the stack configures, in the catalog's order (3. Auth Module Extraction,
    Phase 2: external identity providers).
    """
    entry = placed.service.realm if placed.service else None
    if entry is None:
        return None
    given = parts.config.external.identity_providers
    domain = placed.entry.domain
    return IdentityRealm(
        name=entry.name,
        job=entry.job,
        image=image(parts, "realm_import", f"realm `{entry.name}` of {domain} is configured with it"),
        base_url=service_url(parts, domain, entry.workload) + entry.path,
        public_url=public_url(parts),
        providers=tuple(
            _provider(known, given[known.alias]) for known in entry.providers if known.alias in given
        ),
    )


def _provider(known: IdentityProviderEntry, given: IdentityProviderConfig) -> IdentityProvider:
    return IdentityProvider(
        alias=known.alias,
        client_id=given.client_id,
        secret=known.secret,
        metadata_url=given.metadata_url,
        login_url=given.login_url,
    )


def realm_paths(parts: Composition, services: tuple[Service, ...]) -> Iterator[NetworkPath]:
    """From the pods of each realm's Job to the product they configure; DNS is every pod's already."""
    realms = {p.entry.domain: p.service.realm for p in parts.placed if p.service and p.service.realm}
    for service in services:
        entry = realms.get(service.owner)
        if entry is not None and service.realm is not None:
            yield NetworkPath(
                source=pods(service.namespace, entry.job),
                target=pods(service.namespace, entry.workload),
                ports=(port_of(parts, service.owner, entry.workload),),
                purpose=f"{entry.job} configures realm {entry.name}",
            )


def check_identity_providers(parts: Composition) -> None:
    """Raise Refusal for a provider that no realm knows, or that is described by what its kind has not."""
    external, file = parts.config.external, parts.config.file
    if external.identity_issuer and external.identity_providers:
        raise Refusal(
            f"the issuer {external.identity_issuer} is outside and has providers of its own, so nobody would read this",
            file=file,
            key=f"service-extraction:{SECTION}",
            fix="remove it, or remove service-extraction:external.identity_issuer to run the product in the cluster",
        )
    known = {provider.alias: provider for realm in _realms(parts) for provider in realm.providers}
    for alias, given in external.identity_providers.items():
        key = f"{SECTION}.{alias}"
        if alias not in known:
            raise Refusal(
                "no realm of the catalog knows such a provider",
                file=file,
                key=f"service-extraction:{key}",
                fix=nearest(alias, list(known)),
            )
        for name, example in SAML_KEYS.items():
            value = getattr(given, name)
            if known[alias].secret is None and value is None:
                raise Refusal(
                    "is missing: a provider without a client's secret is trusted by what it publishes",
                    file=file,
                    key=f"service-extraction:{key}.{name}",
                    fix=f"write:{paste(f'{key}.{name}', example)}",
                )
            if known[alias].secret is not None and value is not None:
                raise Refusal(
                    f"`{alias}` is known by its client id and secret alone",
                    file=file,
                    key=f"service-extraction:{key}.{name}",
                    value=value,
                    fix="remove it",
                )


def _realms(parts: Composition) -> list[RealmEntry]:
    """Every realm of the catalog, whether the stack stands there or not."""
    services = [entry.last.service for entry in parts.catalog.domains]
    return [service.realm for service in services if service and service.realm]
