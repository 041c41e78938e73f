"""Cloud resources: which types are stores, workloads, carriers and identities (Pulumi type tokens)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudStore:
    """A cloud type that keeps state."""

    kind: str
    engine: str
    handles: tuple[str, ...]
    """Properties that name it on the server: addresses, ARNs, ids."""
    logical: str | None = None
    """Property that names its first database."""


def _store(kind: str, engine: str, handles: str, logical: str | None = None) -> CloudStore:
    return CloudStore(kind=kind, engine=engine, handles=tuple(handles.split()), logical=logical)


STORES: Final = {
    "aws:rds/instance:Instance": _store(
        "database", "rds", "address endpoint arn identifier dbiResourceId resourceId", "dbName"
    ),
    "aws:rds/cluster:Cluster": _store(
        "database", "rds", "endpoint readerEndpoint arn clusterIdentifier clusterResourceId", "databaseName"
    ),
    "aws:docdb/cluster:Cluster": _store(
        "database", "mongodb", "endpoint readerEndpoint arn clusterIdentifier"
    ),
    "aws:neptune/cluster:Cluster": _store(
        "database", "neptune", "endpoint readerEndpoint arn clusterIdentifier"
    ),
    "aws:redshift/cluster:Cluster": _store(
        "database", "redshift", "endpoint dnsName arn clusterIdentifier", "databaseName"
    ),
    "aws:dynamodb/table:Table": _store("database", "dynamodb", "arn name"),
    "aws:elasticache/replicationGroup:ReplicationGroup": _store(
        "cache",
        "redis",
        "primaryEndpointAddress readerEndpointAddress configurationEndpointAddress arn replicationGroupId",
    ),
    "aws:elasticache/cluster:Cluster": _store(
        "cache", "redis", "clusterAddress configurationEndpoint arn clusterId"
    ),
    "aws:elasticache/serverlessCache:ServerlessCache": _store("cache", "redis", "arn name"),
    "aws:memorydb/cluster:Cluster": _store("cache", "redis", "arn name"),
    "aws:mq/broker:Broker": _store("broker", "rabbitmq", "arn brokerName"),
    "aws:msk/cluster:Cluster": _store(
        "broker", "kafka", "bootstrapBrokers bootstrapBrokersTls arn clusterName"
    ),
    "aws:efs/fileSystem:FileSystem": _store("filesystem", "efs", "id fileSystemId dnsName arn"),
    "aws:fsx/lustreFileSystem:LustreFileSystem": _store("filesystem", "fsx", "id dnsName arn"),
    "aws:s3/bucket:Bucket": _store("object-store", "s3", "bucket arn id bucketDomainName"),
    "aws:s3/bucketV2:BucketV2": _store("object-store", "s3", "bucket arn id bucketDomainName"),
    "aws:opensearch/domain:Domain": _store("search", "elasticsearch", "endpoint arn domainName"),
    "gcp:sql/databaseInstance:DatabaseInstance": _store(
        "database", "cloudsql", "connectionName privateIpAddress publicIpAddress name"
    ),
    "gcp:redis/instance:Instance": _store("cache", "redis", "host name"),
    "gcp:storage/bucket:Bucket": _store("object-store", "s3", "name url"),
    "azure-native:dbforpostgresql:Server": _store(
        "database", "postgresql", "fullyQualifiedDomainName id name"
    ),
    "azure-native:sql:Server": _store("database", "mssql", "fullyQualifiedDomainName id name"),
    "azure-native:cache:Redis": _store("cache", "redis", "hostName id name"),
}

BELONGS_TO: Final = {
    "aws:rds/proxyTarget:ProxyTarget": ("dbInstanceIdentifier", "dbClusterIdentifier"),
    "aws:rds/clusterInstance:ClusterInstance": ("clusterIdentifier",),
    "aws:rds/snapshot:Snapshot": ("dbInstanceIdentifier",),
    "aws:rds/clusterSnapshot:ClusterSnapshot": ("dbClusterIdentifier",),
    "aws:efs/accessPoint:AccessPoint": ("fileSystemId",),
    "aws:efs/mountTarget:MountTarget": ("fileSystemId",),
}
"""Parts and copies of a store, and the property that names the store they are of."""

SOURCES: Final = (
    "replicateSourceDb",
    "replicationSourceIdentifier",
    "snapshotIdentifier",
    "restoreToPointInTime",
    "globalReplicationGroupId",
)
"""Properties by which a store says that its data is another's."""

WORKLOADS: Final = frozenset(
    {
        "aws:lambda/function:Function",
        "aws:ecs/taskDefinition:TaskDefinition",
        "aws:batch/jobDefinition:JobDefinition",
        "aws:apprunner/service:Service",
        "aws:ec2/instance:Instance",
        "gcp:cloudrun/service:Service",
        "gcp:cloudrunv2/service:Service",
        "azure-native:app:ContainerApp",
    }
)

CARRIERS: Final = frozenset(
    {
        "aws:secretsmanager/secret:Secret",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:ssm/parameter:Parameter",
        "aws:rds/proxy:Proxy",
        "aws:elasticache/userGroup:UserGroup",
        "aws:elasticache/user:User",
        "gcp:secretmanager/secret:Secret",
        "gcp:secretmanager/secretVersion:SecretVersion",
    }
)

IDENTITIES: Final = frozenset(
    {
        "aws:iam/role:Role",
        "aws:iam/policy:Policy",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    }
)

SECURITY_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
GROUP_RULES: Final = {
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        "securityGroupId",
        "referencedSecurityGroupId",
    ),
    "aws:ec2/securityGroupRule:SecurityGroupRule": ("securityGroupId", "sourceSecurityGroupId"),
}
"""Types of rules, with the property of the group they open and of the group they admit."""

PARTS: Final = {
    "aws:iam/rolePolicy:RolePolicy": "role",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role",
    "aws:secretsmanager/secretVersion:SecretVersion": "secretId",
    "gcp:secretmanager/secretVersion:SecretVersion": "secret",
    "aws:rds/proxyTarget:ProxyTarget": "dbProxyName",
    "aws:elasticache/userGroupAssociation:UserGroupAssociation": "userGroupId",
}
"""Types that say what a role, a secret or a proxy is made of, and the property that names it."""

GRANTS: Final = {
    "aws:s3/bucketPolicy:BucketPolicy": ("policy", "bucket"),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("policy", "secretArn"),
    "aws:dynamodb/resourcePolicy:ResourcePolicy": ("policy", "resourceArn"),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": ("policy", "fileSystemId"),
}
"""Resource policies: the property whose roles are let in, and the property of what they are let in to."""

DATABASES: Final = {
    "postgresql:index/database:Database": "name",
    "mysql:index/database:Database": "name",
    "gcp:sql/database:Database": "name",
}
"""Types that are one database on a server that is another resource, and the property that names it."""

POD_IDENTITY: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

CREDENTIAL_SOURCES: Final = frozenset(
    {
        "random:index/randomPassword:RandomPassword",
        "random:index/randomString:RandomString",
        "random:index/randomId:RandomId",
        "tls:index/privateKey:PrivateKey",
    }
)
"""Types that make a credential: what depends on the same one holds the same credential."""
