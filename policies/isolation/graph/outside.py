"""Cloud resources that the input shows only by what refers to them: adopted by `.get()`, or named by an ARN alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ..catalog.cloud import IDENTITIES, SECURITY_GROUP, STORES
from ..catalog.cloud_links import HANDS_ON
from ..resources import Resource, type_parts
from .arns import Arn, arn_of

_URN = re.compile(r"urn:pulumi:[^:]*::[^:]*::(.+)::(.+)$")
_KNOWN = frozenset(STORES) | frozenset(HANDS_ON) | IDENTITIES | {SECURITY_GROUP}

_NAMED: Final = (
    ("dynamodb", r"table/[^/]+", "aws:dynamodb/table:Table"),
    ("s3", r"[^/:]+", "aws:s3/bucket:Bucket"),
    ("rds", r"db:[^:]+", "aws:rds/instance:Instance"),
    ("rds", r"cluster:[^:]+", "aws:rds/cluster:Cluster"),
    ("rds-db", r"dbuser:[^/]+", "aws:rds/instance:Instance"),
    ("es", r"domain/[^/]+", "aws:opensearch/domain:Domain"),
    ("elasticfilesystem", r"file-system/[^/]+", "aws:efs/fileSystem:FileSystem"),
    (
        "elasticache",
        r"(?:replicationgroup|cluster):[^:]+",
        "aws:elasticache/replicationGroup:ReplicationGroup",
    ),
    ("elasticache", r"serverlesscache:[^:]+", "aws:elasticache/serverlessCache:ServerlessCache"),
    ("secretsmanager", r"secret:[^:*?]+", "aws:secretsmanager/secret:Secret"),
    ("kms", r"key/[\w-]+", "aws:kms/key:Key"),
    ("iam", r"role/(?!aws-service-role/).+", "aws:iam/role:Role"),
)
"""Services, how one resource of theirs begins in an ARN, and its type."""


def adopted(resources: Iterable[Resource]) -> list[Resource]:
    """Resources that others' properties took outputs of, and that the engine shows to no policy."""
    resources = list(resources)
    shown = {resource.key for resource in resources}
    sources = {
        source for item in resources for given in item.inputs_from.values() for source in given
    } - shown
    return [found for source in sorted(sources) if (found := _adopted(source)) is not None]


def _adopted(key: str) -> Resource | None:
    match = _URN.search(key)
    token = type_parts(match[1].rpartition("$")[2])[1] if match else ""
    if match is None or token not in _KNOWN:
        return None
    return _outside(key, token, match[2], {})


def named_only(value: str) -> Resource | None:
    """The resource that an ARN names, if nothing declares it; None for what keeps no data, and for wildcards."""
    arn = arn_of(value)
    for service, pattern, token in _NAMED if arn is not None else ():
        found = re.match(pattern, arn.resource) if arn is not None and arn.service == service else None
        if arn is not None and found is not None and not re.search(r"[*?$]", found[0]):
            whole = _written(arn, found[0])
            name = re.split("[:/]", found[0])[-1]
            called = {"bucket": name} if service == "s3" else {"name": name} if service == "dynamodb" else {}
            return _outside(f"external:{whole.lower()}", token, whole, {"arn": whole, **called})
    return None


def _written(arn: Arn, resource: str) -> str:
    return f"arn:aws:{arn.service}:{arn.region}:{arn.account}:{resource}"


def _outside(key: str, token: str, name: str, body: dict[str, str]) -> Resource:
    kind = token.rpartition(":")[2]
    return Resource(
        key=key, kind=kind, group=token, name=name, body=body, kubernetes=False, declared=False, origin=key
    )
