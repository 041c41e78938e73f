"""The realm of an identity product as keycloak-config-cli reads it; where a secret belongs, a reference stands.

Who may log in and what a token says are decided here. What somebody changes by hand in what this text names is set back
at the next import; what it does not name (users, their credentials, roles, keys) is left alone.
"""

import json
from collections.abc import Mapping

from components.rendering.identity_providers import provider_document
from roadmap.topology import IdentityRealm

REALM_FOLDER = "/config"
REALM_FILE = "realm.json"
CLIENT = "pmt-web"
"""The product's own client: public, for nothing can be kept secret in a browser."""
EVENT_LISTENER = "domain-events"
"""The provider in our build of Keycloak that publishes users' events to the broker."""

SIGNATURE_ALGORITHM = "RS256"
"""Asymmetric, and the one that every OIDC library has to know: tokens are validated by public keys alone."""
ACCESS_TOKEN_SECONDS = 5 * 60
SESSION_IDLE_SECONDS = 30 * 60
SESSION_MAX_SECONDS = 10 * 60 * 60
EVENTS_KEPT_SECONDS = 30 * 24 * 60 * 60
BRUTE_FORCE_FAILURES = 10
BRUTE_FORCE_WAIT_SECONDS = 15 * 60


def realm_text(realm: IdentityRealm) -> str:
    """The document as JSON, with keys in a fixed order."""
    return json.dumps(realm_document(realm), sort_keys=True, indent=1)


def realm_document(realm: IdentityRealm) -> dict[str, object]:
    """The realm: one public client, the configured providers, events, lifetimes, and login attributes only."""
    return {
        "realm": realm.name,
        "enabled": True,
        "sslRequired": "external",
        "registrationAllowed": False,
        "loginWithEmailAllowed": True,
        "duplicateEmailsAllowed": False,
        "defaultSignatureAlgorithm": SIGNATURE_ALGORITHM,
        "accessTokenLifespan": ACCESS_TOKEN_SECONDS,
        "ssoSessionIdleTimeout": SESSION_IDLE_SECONDS,
        "ssoSessionMaxLifespan": SESSION_MAX_SECONDS,
        # A refresh token is good once: a stolen one shows itself at the second use.
        "revokeRefreshToken": True,
        "refreshTokenMaxReuse": 0,
        "bruteForceProtected": True,
        "permanentLockout": False,
        "failureFactor": BRUTE_FORCE_FAILURES,
        "maxFailureWaitSeconds": BRUTE_FORCE_WAIT_SECONDS,
        "eventsEnabled": True,
        "eventsExpiration": EVENTS_KEPT_SECONDS,
        "eventsListeners": ["jboss-logging", EVENT_LISTENER],
        "adminEventsEnabled": True,
        # Their details are whole users; who did what to whom is enough.
        "adminEventsDetailsEnabled": False,
        # keycloak-config-cli leaves `userProfile` alone without this attribute.
        "attributes": {"userProfileEnabled": "true"},
        "userProfile": _user_profile(),
        "clients": [_client(realm)],
        "identityProviders": [provider_document(provider) for provider in realm.providers],
    }


def secret_names(realm: IdentityRealm) -> tuple[str, ...]:
    """Names of the application secrets that the document refers to, in its order."""
    return tuple(provider.secret for provider in realm.providers if provider.secret is not None)


def import_settings(realm: IdentityRealm) -> Mapping[str, str]:
    """Settings of keycloak-config-cli, all but its credential."""
    return {
        "KEYCLOAK_URL": realm.base_url,
        "KEYCLOAK_AVAILABILITYCHECK_ENABLED": "true",
        "KEYCLOAK_AVAILABILITYCHECK_TIMEOUT": "300s",
        "IMPORT_FILES_LOCATIONS": f"{REALM_FOLDER}/{REALM_FILE}",
        "IMPORT_VARSUBSTITUTION_ENABLED": "true",
        # A Job that runs is meant to: without this an unchanged text would not undo what was changed by hand.
        "IMPORT_CACHE_ENABLED": "false",
    }


def _user_profile() -> dict[str, object]:
    """By what one logs in, and the role; a profile belongs to the monolith's store (3. Auth Module Extraction)."""
    by_everybody = {"view": ["admin", "user"], "edit": ["admin", "user"]}
    return {
        "attributes": [
            {
                "name": "username",
                "displayName": "${username}",
                "permissions": by_everybody,
                "validations": {
                    "length": {"min": 3, "max": 255},
                    "username-prohibited-characters": {},
                    "up-username-not-idn-homograph": {},
                },
            },
            {
                "name": "email",
                "displayName": "${email}",
                "permissions": by_everybody,
                "required": {"roles": ["user"]},
                "validations": {"email": {}, "length": {"max": 255}},
            },
            {
                "name": "role",
                "displayName": "Role",
                # Whoever could edit their own would choose their own rights.
                "permissions": {"view": ["admin"], "edit": ["admin"]},
                "validations": {"length": {"max": 64}},
            },
        ],
        "groups": [],
    }


def _client(realm: IdentityRealm) -> dict[str, object]:
    """Authorization code flow with PKCE, and a token of `user_id`, `role`, `exp` beside OIDC's own claims."""
    return {
        "clientId": CLIENT,
        "protocol": "openid-connect",
        "enabled": True,
        "publicClient": True,
        "standardFlowEnabled": True,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": False,
        "fullScopeAllowed": False,
        "rootUrl": realm.public_url,
        "baseUrl": "/",
        "redirectUris": [f"{realm.public_url}/*"],
        "webOrigins": ["+"],
        "attributes": {
            "pkce.code.challenge.method": "S256",
            "post.logout.redirect.uris": "+",
        },
        # `basic` holds `sub`; names, addresses and lists of roles are the other default scopes, left out.
        "defaultClientScopes": ["basic"],
        "optionalClientScopes": [],
        "protocolMappers": [
            _mapper("user_id", "oidc-usermodel-property-mapper", "id"),
            _mapper("role", "oidc-usermodel-attribute-mapper", "role"),
        ],
    }


def _mapper(claim: str, kind: str, source: str) -> dict[str, object]:
    return {
        "name": claim,
        "protocol": "openid-connect",
        "protocolMapper": kind,
        "config": {
            "user.attribute": source,
            "claim.name": claim,
            "jsonType.label": "String",
            "access.token.claim": "true",
            "id.token.claim": "true",
            "userinfo.token.claim": "true",
        },
    }
