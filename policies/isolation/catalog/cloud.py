"""Cloud resources: which types are stores, workloads and identities (Pulumi type tokens)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from . import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudStore:
    """A cloud type that keeps state."""

    kind: str
    engine: str
    handles: tuple[tuple[str, ...], ...]
    """Paths of the properties that name it on the server: addresses, ARNs, ids; `*` walks a list."""
    logical: str | None = None
    """Property that names its first database."""


def _store(kind: str, engine: str, handles: str, logical: str | None = None) -> CloudStore:
    paths = tuple(tuple(handle.split("/")) for handle in handles.split())
    return CloudStore(kind=kind, engine=engine, handles=paths, logical=logical)


_CLUSTER = "endpoint readerEndpoint arn clusterIdentifier clusterResourceId masterUserSecrets/*/secretArn"
_KAFKA = (
    "bootstrapBrokers bootstrapBrokersTls bootstrapBrokersSaslScram bootstrapBrokersSaslIam "
    "bootstrapBrokersPublicTls bootstrapBrokersPublicSaslScram bootstrapBrokersPublicSaslIam arn clusterName"
)
_BUCKET = _store("object-store", "s3", "bucket arn id bucketDomainName bucketRegionalDomainName")
_GLOBAL = _store("database", "rds", "globalClusterIdentifier arn endpoint")
_SEARCH = _store("search", "elasticsearch", "endpoint endpointV2 arn domainName")
_AZURE_DATABASE = "fullyQualifiedDomainName fqdn id name"

STORES: Final = {
    "aws:rds/instance:Instance": _store(
        "database",
        "rds",
        "address endpoint arn identifier dbiResourceId resourceId masterUserSecrets/*/secretArn",
        "dbName",
    ),
    "aws:rds/cluster:Cluster": _store("database", "rds", _CLUSTER, "databaseName"),
    "aws:rds/globalCluster:GlobalCluster": _GLOBAL,
    "aws:docdb/cluster:Cluster": _store("database", "mongodb", _CLUSTER),
    "aws:docdb/globalCluster:GlobalCluster": _GLOBAL,
    "aws:docdb/elasticCluster:ElasticCluster": _store("database", "mongodb", "endpoint arn"),
    "aws:neptune/cluster:Cluster": _store("database", "neptune", _CLUSTER),
    "aws:neptune/globalCluster:GlobalCluster": _GLOBAL,
    "aws:redshift/cluster:Cluster": _store(
        "database",
        "redshift",
        "endpoint dnsName arn clusterIdentifier masterPasswordSecretArn",
        "databaseName",
    ),
    "aws:redshiftserverless/namespace:Namespace": _store(
        "database", "redshift", "arn namespaceName adminPasswordSecretArn", "dbName"
    ),
    "aws:dsql/cluster:Cluster": _store("database", "postgresql", "arn identifier"),
    "aws:keyspaces/keyspace:Keyspace": _store("database", "cassandra", "arn name"),
    "aws:timestreamwrite/database:Database": _store("database", "timestream", "arn databaseName"),
    "aws:dynamodb/table:Table": _store("database", "dynamodb", "arn name"),
    "aws:elasticache/replicationGroup:ReplicationGroup": _store(
        "cache",
        "redis",
        "primaryEndpointAddress readerEndpointAddress configurationEndpointAddress arn replicationGroupId",
    ),
    "aws:elasticache/cluster:Cluster": _store(
        "cache", "redis", "clusterAddress configurationEndpoint cacheNodes/*/address arn clusterId"
    ),
    "aws:elasticache/serverlessCache:ServerlessCache": _store(
        "cache", "redis", "endpoints/*/address readerEndpoints/*/address arn name"
    ),
    "aws:memorydb/cluster:Cluster": _store("cache", "redis", "clusterEndpoints/*/address arn name"),
    "aws:mq/broker:Broker": _store("broker", "rabbitmq", "instances/*/endpoints/* arn brokerName"),
    "aws:msk/cluster:Cluster": _store("broker", "kafka", _KAFKA),
    "aws:msk/serverlessCluster:ServerlessCluster": _store(
        "broker", "kafka", "bootstrapBrokersSaslIam arn clusterName"
    ),
    "aws:efs/fileSystem:FileSystem": _store("filesystem", "efs", "id fileSystemId dnsName arn"),
    "aws:fsx/lustreFileSystem:LustreFileSystem": _store("filesystem", "fsx", "id dnsName arn"),
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": _store("filesystem", "fsx", "id dnsName arn"),
    "aws:fsx/windowsFileSystem:WindowsFileSystem": _store("filesystem", "fsx", "id dnsName arn"),
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:s3/directoryBucket:DirectoryBucket": _BUCKET,
    "aws:opensearch/domain:Domain": _SEARCH,
    "aws:elasticsearch/domain:Domain": _SEARCH,
    "aws:secretsmanager/secret:Secret": _store("secret", "", "arn name"),
    "aws:ssm/parameter:Parameter": _store("secret", "", "arn name"),
    "aws:kms/key:Key": _store("secret", "", "arn keyId"),
    "gcp:sql/databaseInstance:DatabaseInstance": _store(
        "database", "cloudsql", "connectionName privateIpAddress publicIpAddress name"
    ),
    "gcp:alloydb/cluster:Cluster": _store("database", "postgresql", "name clusterId"),
    "gcp:spanner/instance:Instance": _store("database", "spanner", "name"),
    "gcp:redis/instance:Instance": _store("cache", "redis", "host name"),
    "gcp:redis/cluster:Cluster": _store("cache", "redis", "discoveryEndpoints/*/address name"),
    "gcp:memcache/instance:Instance": _store("cache", "memcached", "discoveryEndpoint name"),
    "gcp:storage/bucket:Bucket": _store("object-store", "s3", "name url"),
    "gcp:filestore/instance:Instance": _store("filesystem", "filestore", "networks/*/ipAddresses/* name"),
    "gcp:secretmanager/secret:Secret": _store("secret", "", "id name secretId"),
    "gcp:kms/cryptoKey:CryptoKey": _store("secret", "", "id"),
    "azure-native:dbforpostgresql:Server": _store("database", "postgresql", _AZURE_DATABASE),
    "azure-native:dbformysql:Server": _store("database", "mysql", _AZURE_DATABASE),
    "azure-native:sql:Server": _store("database", "mssql", _AZURE_DATABASE),
    "azure-native:documentdb:DatabaseAccount": _store("database", "cosmosdb", "documentEndpoint id name"),
    "azure-native:cache:Redis": _store("cache", "redis", "hostName id name"),
    "azure-native:storage:StorageAccount": _store(
        "object-store", "s3", "primaryEndpoints/blob primaryEndpoints/file id name"
    ),
    "azure-native:keyvault:Secret": _store("secret", "", "id"),
}

ENGINES_BY_PREFIX: Final = (
    ("aurora-postgresql", "postgresql"),
    ("postgres", "postgresql"),
    ("aurora", "mysql"),
    ("mysql", "mysql"),
    ("mariadb", "mysql"),
    ("sqlserver", "mssql"),
    ("oracle", "oracle"),
    ("custom-oracle", "oracle"),
    ("db2", "db2"),
    ("redis", "redis"),
    ("valkey", "redis"),
    ("memcached", "memcached"),
    ("rabbitmq", "rabbitmq"),
    ("activemq", "activemq"),
    ("sqlserver", "mssql"),
)
"""How a store's `engine`, `engineType` or `databaseVersion` begins, and the engine that it is."""

SOURCES: Final = (
    "replicateSourceDb",
    "replicationSourceIdentifier",
    "snapshotIdentifier",
    "snapshotArn",
    "snapshotClusterIdentifier",
    "restoreToPointInTime",
    "globalClusterIdentifier",
    "sourceDbClusterIdentifier",
    "globalReplicationGroupId",
    "replicationGroupId",
    "snapshotName",
    "snapshotArns",
    "restoreSourceName",
    "restoreSourceTableArn",
    "backupId",
    "masterInstanceName",
    "clone",
    "secondaryConfig",
    "sourceServerResourceId",
    "sourceDatabaseId",
)
"""Properties by which a store says that its data is another's."""

WORKLOADS: Final = listed(
    "aws:lambda/function:Function aws:ecs/taskDefinition:TaskDefinition aws:batch/jobDefinition:JobDefinition "
    "aws:apprunner/service:Service aws:ec2/instance:Instance aws:ec2/launchTemplate:LaunchTemplate aws:glue/job:Job "
    "gcp:cloudrun/service:Service gcp:cloudrunv2/service:Service gcp:cloudrunv2/job:Job "
    "gcp:cloudrunv2/workerPool:WorkerPool gcp:cloudfunctionsv2/function:Function azure-native:app:ContainerApp "
    "azure-native:app:Job azure-native:web:WebApp"
)

NOT_USED: Final = listed(
    "executionRoleArn kmsKeyArn sourceKmsKeyArn s3Bucket s3Key code layers imageUri buildConfig deadLetterConfig "
    "codeSigningConfigArn loggingConfig tags tagsAll repositoryCredentials"
)
"""Properties of a workload that serve the platform to start it; its own code gets none of their rights."""

DATABASES: Final = {
    "postgresql:index/database:Database": "name",
    "mysql:index/database:Database": "name",
    "gcp:sql/database:Database": "name",
    "azure-native:dbforpostgresql:Database": "databaseName",
    "azure-native:dbformysql:Database": "databaseName",
    "azure-native:sql:Database": "databaseName",
}
"""Types that are one database on a server that is another resource, and the property that names it."""

ACCESS_POINT: Final = "aws:efs/accessPoint:AccessPoint"
"""One directory of a file system, which its users cannot leave."""

IDENTITIES: Final = listed(
    "aws:iam/role:Role aws:iam/user:User gcp:serviceaccount/account:Account "
    "azure-native:managedidentity:UserAssignedIdentity"
)

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

SECURITY_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
GROUP_RULES: Final = {
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        "securityGroupId",
        "referencedSecurityGroupId",
    ),
    "aws:ec2/securityGroupRule:SecurityGroupRule": ("securityGroupId", "sourceSecurityGroupId"),
}
"""Types of rules, with the property of the group they open and of the group they admit."""

NETWORK_OF: Final = {
    "aws:ecs/service:Service": "taskDefinition",
    "aws:ec2/instance:Instance": "launchTemplate",
}
"""Types that put a workload into a network, and the property that names the workload."""

NETWORK_PARTS: Final = listed(
    "aws:apprunner/vpcConnector:VpcConnector aws:ec2/networkInterface:NetworkInterface"
)
"""Types that workloads name and that are in security groups in their place."""
