"""Host names of managed stores: which of them are stores at all, and which are several names of one."""

from __future__ import annotations

import re
from typing import Final

CLOUD_HOSTS: Final = (
    (".rds.amazonaws.com", "database"),
    (".docdb.amazonaws.com", "database"),
    (".neptune.amazonaws.com", "database"),
    (".redshift.amazonaws.com", "database"),
    (".cache.amazonaws.com", "cache"),
    (".mq.amazonaws.com", "broker"),
    (".kafka.amazonaws.com", "broker"),
    (".es.amazonaws.com", "search"),
    (".efs.amazonaws.com", "filesystem"),
    (".database.windows.net", "database"),
    (".postgres.database.azure.com", "database"),
    (".mysql.database.azure.com", "database"),
    (".documents.azure.com", "database"),
    (".mongo.cosmos.azure.com", "database"),
    (".redis.cache.windows.net", "cache"),
    (".servicebus.windows.net", "broker"),
    (".blob.core.windows.net", "object-store"),
    (".file.core.windows.net", "filesystem"),
    (".mongodb.net", "database"),
    (".neon.tech", "database"),
    (".supabase.co", "database"),
    (".psdb.cloud", "database"),
    (".cockroachlabs.cloud", "database"),
    (".upstash.io", "cache"),
    (".redislabs.com", "cache"),
    (".cloudamqp.com", "broker"),
    (".clickhouse.cloud", "database"),
    (".elastic-cloud.com", "search"),
    (".timescaledb.io", "database"),
    (".db.ondigitalocean.com", "database"),
    (".aivencloud.com", "database"),
    (".snowflakecomputing.com", "database"),
)
"""Host name endings of managed stores."""

_OF_ONE_STORE: Final = (
    (
        re.compile(r"\.cluster-ro-([a-z0-9]+\.[a-z0-9-]+\.(?:rds|docdb|neptune)\.amazonaws\.com)$"),
        r".cluster-\1",
    ),
    (re.compile(r"^(?:master|replica|clustercfg)\.((?:[a-z0-9-]+\.){2,4}cache\.amazonaws\.com)$"), r"\1"),
    (re.compile(r"-ro(\.[a-z0-9]+\.ng\.0001\.[a-z0-9]+\.cache\.amazonaws\.com)$"), r"\1"),
    (re.compile(r"-shard-\d\d-\d\d(\.[a-z0-9]+\.mongodb\.net)$"), r"\1"),
    (re.compile(r"^(ep-[a-z0-9-]+?)-pooler(\..*neon\.tech)$"), r"\1\2"),
)
"""Endpoints of readers, members and poolers, and how the store's first name is made of them."""


def canonical_host(host: str) -> str:
    """One name for all the names under which a managed store documents itself."""
    found = host.lower().rstrip(".")
    for pattern, first in _OF_ONE_STORE:
        found = pattern.sub(first, found)
    return found
