"""External identity providers as a realm of Keycloak describes them; a secret is a reference to a variable."""

from roadmap.topology import IdentityProvider

SCOPES = {"google": "openid email", "github": "user:email"}
"""What is asked of a provider: who it is and how to reach them, and nothing of a profile."""


def provider_document(provider: IdentityProvider) -> dict[str, object]:
    """One provider in a realm: of OAuth with a reference to its secret, or of SAML."""
    return {
        "alias": provider.alias,
        "providerId": provider.alias,
        "enabled": True,
        "storeToken": False,
        # An address that a provider names proves nothing here: an account that exists has to be logged in to first.
        "trustEmail": False,
        "firstBrokerLoginFlowAlias": "first broker login",
        "config": {
            "syncMode": "IMPORT",
            **(_saml(provider) if provider.secret is None else _oauth(provider)),
        },
    }


def _oauth(provider: IdentityProvider) -> dict[str, str]:
    # The secret is put in before the text is parsed: providers give out none with quotes or backslashes.
    settings = {"clientId": provider.client_id, "clientSecret": f"$(env:{provider.secret})"}
    scope = SCOPES.get(provider.alias)
    return settings if scope is None else {**settings, "defaultScope": scope}


def _saml(provider: IdentityProvider) -> dict[str, str]:
    return {
        "entityId": provider.client_id,
        "singleSignOnServiceUrl": str(provider.login_url),
        "useMetadataDescriptorUrl": "true",
        "metadataDescriptorUrl": str(provider.metadata_url),
        "validateSignature": "true",
        "wantAssertionsSigned": "true",
        "wantAuthnRequestsSigned": "true",
        "signatureAlgorithm": "RSA_SHA256",
        "postBindingResponse": "true",
        "postBindingAuthnRequest": "true",
        "nameIDPolicyFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        "principalType": "SUBJECT",
    }
