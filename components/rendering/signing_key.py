"""The private key that signs access tokens, as PEM, from 32 random bytes.

An Ed25519 private key *is* 32 random bytes (RFC 8032), and its PKCS#8 form (RFC 8410) is a fixed prefix
before them: no curve arithmetic happens in this program. Its key id is therefore not computed here either:
RFC 7638 derives that from the public key, which only the workload that signs computes, and publishes on its
JWKS path.
"""

import base64
import textwrap

SEED_BYTES = 32

PKCS8_PREFIX = bytes.fromhex("302e020100300506032b657004220420")
"""SEQUENCE { INTEGER 0, SEQUENCE { OID 1.3.101.112 }, OCTET STRING { OCTET STRING of 32 bytes } } up to the seed."""


def ed25519_private_key(seed_base64: str) -> str:
    """PEM of the key whose seed is given in base64; raises ValueError unless it is 32 bytes long."""
    seed = base64.b64decode(seed_base64, validate=True)
    if len(seed) != SEED_BYTES:
        raise ValueError(f"an Ed25519 seed has {SEED_BYTES} bytes, not {len(seed)}")
    body = base64.b64encode(PKCS8_PREFIX + seed).decode()
    return "\n".join(
        ["-----BEGIN PRIVATE KEY-----", *textwrap.wrap(body, 64), "-----END PRIVATE KEY-----", ""]
    )
