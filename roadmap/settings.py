"""Fills the placeholders in the catalog's settings with what one stack says."""

import string

PLACEHOLDERS = {
    "environment": "the stack's environment",
    "public_url": "URL of the public host, without a trailing slash",
    "exchange": "the broker's exchange of domain events",
    "issuer": "`iss` claim of the tokens that are signed now",
    "jwks_urls": "where the public keys of all trusted issuers are read, separated by commas",
    "refresh_path": "the dedicated endpoint of token refresh",
    "llm_url": "base URL of the LLM provider",
    "smtp_host": "mail submission host",
}
"""Every placeholder a setting may hold, and what stands in its place."""


def unknown_placeholders(value: str) -> tuple[str, ...]:
    """Names in braces that no stack can fill, in order."""
    names = [name for _, name, _, _ in string.Formatter().parse(value) if name is not None]
    return tuple(name for name in names if name not in PLACEHOLDERS)
