"""The rules, one a file named by its id."""

from __future__ import annotations

from ..findings import Rule
from .foreign_literal import RULE as FOREIGN_LITERAL
from .foreign_network_path import RULE as FOREIGN_NETWORK_PATH
from .shared_broker_credential import RULE as SHARED_BROKER_CREDENTIAL
from .shared_cache import RULE as SHARED_CACHE
from .shared_database import RULE as SHARED_DATABASE
from .shared_filesystem import RULE as SHARED_FILESYSTEM
from .shared_identity import RULE as SHARED_IDENTITY
from .shared_secret import RULE as SHARED_SECRET
from .unowned_store import RULE as UNOWNED_STORE
from .unprotected_store import RULE as UNPROTECTED_STORE

RULES: tuple[Rule, ...] = (
    SHARED_DATABASE,
    SHARED_CACHE,
    SHARED_FILESYSTEM,
    SHARED_SECRET,
    SHARED_BROKER_CREDENTIAL,
    SHARED_IDENTITY,
    FOREIGN_NETWORK_PATH,
    FOREIGN_LITERAL,
    UNOWNED_STORE,
    UNPROTECTED_STORE,
)
"""Every rule of the pack."""
