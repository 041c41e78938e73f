"""Redis: the ACL file with one user per use, and the server's configuration."""

import hashlib
from collections.abc import Mapping, Sequence

from roadmap.topology import Resources, StoreUser

ACL_PATH = "/etc/redis/users/users.acl"
CONFIGURATION_PATH = "/etc/redis/server/redis.conf"
DATA_PATH = "/data"

PROBE_USER = "probe"
"""May send PING and nothing else, hence without a password: the kubelet's probe must not need one."""

_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def users_acl(users: Sequence[StoreUser], passwords: Mapping[str, str]) -> str:
    """ACL file: the default user is off, and each user has its keys, channels and commands and nothing more.

    `passwords` maps a user's name to its password, of which the file holds only the SHA-256.
    """
    lines = ["user default off", f"user {PROBE_USER} on nopass resetkeys resetchannels -@all +ping"]
    for user in users:
        digest = hashlib.sha256(passwords[user.name].encode()).hexdigest()
        rules = [
            f"user {user.name} on resetpass #{digest}",
            "resetkeys",
            *(f"~{pattern}" for pattern in user.key_patterns),
            "resetchannels",
            *(f"&{pattern}" for pattern in user.channel_patterns),
            "-@all",
            *user.commands,
        ]
        lines.append(" ".join(rules))
    return "\n".join(lines) + "\n"


def server_configuration(
    resources: Resources, *, acl_path: str = ACL_PATH, data_path: str = DATA_PATH
) -> str:
    """redis.conf: append-only file on the volume, and three quarters of the memory limit for data.

    Only keys with an expiry are ever evicted: a cached value may go, a queued task may not.
    """
    limit = resources.memory_limit
    maximum = int(limit[:-2]) * _UNITS[limit[-2:]] * 3 // 4
    return "\n".join(
        [
            f"aclfile {acl_path}",
            f"dir {data_path}",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            f"maxmemory {maximum}",
            "maxmemory-policy volatile-lru",
            "",
        ]
    )
