"""Rights in a cloud: which properties are policies, which actions reach data, how a policy names a store."""

from __future__ import annotations

from typing import Final

IDENTITY_POLICIES: Final = {
    "aws:iam/role:Role": "inlinePolicies",
    "aws:iam/policy:Policy": "policy",
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:iam/userPolicy:UserPolicy": "policy",
    "aws:iam/groupPolicy:GroupPolicy": "policy",
}
"""Types whose property says what an identity may do."""

RESOURCE_POLICIES: Final = frozenset({"policy", "accessPolicies", "assumeRolePolicy"})
"""Properties of any other type that say who may do something with it."""

_NAMED = {
    "aws:rds/instance:Instance": "rds:db:{identifier} rds-db:dbuser:{resourceId} rds-db:dbuser:{dbiResourceId}",
    "aws:rds/cluster:Cluster": "rds:cluster:{clusterIdentifier} rds-db:dbuser:{clusterResourceId}",
    "aws:rds/proxy:Proxy": "rds-db:dbuser:{arn}",
    "aws:docdb/cluster:Cluster": "rds:cluster:{clusterIdentifier}",
    "aws:neptune/cluster:Cluster": "rds:cluster:{clusterIdentifier} neptune-db:{clusterResourceId}",
    "aws:redshift/cluster:Cluster": "redshift:cluster:{clusterIdentifier} redshift:dbuser:{clusterIdentifier} "
    "redshift:dbname:{clusterIdentifier}",
    "aws:dsql/cluster:Cluster": "dsql:cluster/{identifier}",
    "aws:keyspaces/keyspace:Keyspace": "cassandra:/keyspace/{name}",
    "aws:timestreamwrite/database:Database": "timestream:database/{databaseName}",
    "aws:dynamodb/table:Table": "dynamodb:table/{name}",
    "aws:elasticache/replicationGroup:ReplicationGroup": "elasticache:replicationgroup:{replicationGroupId}",
    "aws:elasticache/cluster:Cluster": "elasticache:cluster:{clusterId}",
    "aws:elasticache/serverlessCache:ServerlessCache": "elasticache:serverlesscache:{name}",
    "aws:memorydb/cluster:Cluster": "memorydb:cluster/{name}",
    "aws:msk/cluster:Cluster": "kafka:cluster/{clusterName} kafka:topic/{clusterName} kafka:group/{clusterName}",
    "aws:msk/serverlessCluster:ServerlessCluster": "kafka:cluster/{clusterName} kafka:topic/{clusterName}",
    "aws:efs/fileSystem:FileSystem": "elasticfilesystem:file-system/{id}",
    "aws:efs/accessPoint:AccessPoint": "elasticfilesystem:access-point/{id}",
    "aws:s3/bucket:Bucket": "s3:{bucket}",
    "aws:s3/bucketV2:BucketV2": "s3:{bucket}",
    "aws:s3/accessPoint:AccessPoint": "s3:accesspoint/{name}",
    "aws:opensearch/domain:Domain": "es:domain/{domainName}",
    "aws:elasticsearch/domain:Domain": "es:domain/{domainName}",
    "aws:secretsmanager/secret:Secret": "secretsmanager:secret:{name}",
    "aws:ssm/parameter:Parameter": "ssm:parameter/{name}",
    "aws:kms/key:Key": "kms:key/{keyId}",
    "aws:iam/role:Role": "iam:role/{name}",
    "aws:iam/user:User": "iam:user/{name}",
    "aws:iam/policy:Policy": "iam:policy/{name}",
}

NAMED: Final = {token: tuple(names.split()) for token, names in _NAMED.items()}
"""How a policy names a resource before its ARN is known: service and resource, filled in from its properties."""

_DATA_ACTIONS = {
    "rds": "rds-data:ExecuteStatement rds-data:BatchExecuteStatement",
    "rds-db": "rds-db:connect",
    "neptune-db": "neptune-db:connect neptune-db:ReadDataViaQuery neptune-db:WriteDataViaQuery",
    "redshift": "redshift:GetClusterCredentials redshift:GetClusterCredentialsWithIAM redshift-data:ExecuteStatement",
    "redshift-serverless": "redshift-serverless:GetCredentials redshift-data:ExecuteStatement",
    "dsql": "dsql:DbConnect dsql:DbConnectAdmin",
    "cassandra": "cassandra:Select cassandra:Modify",
    "timestream": "timestream:Select timestream:WriteRecords",
    "dynamodb": "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:BatchGetItem "
    "dynamodb:BatchWriteItem dynamodb:Query dynamodb:Scan dynamodb:GetRecords dynamodb:PartiQLSelect "
    "dynamodb:PartiQLInsert dynamodb:PartiQLUpdate dynamodb:PartiQLDelete dynamodb:ExportTableToPointInTime",
    "dax": "dax:GetItem dax:PutItem dax:Query dax:Scan",
    "elasticache": "elasticache:Connect",
    "memorydb": "memorydb:connect",
    "kafka": "kafka-cluster:Connect kafka-cluster:ReadData kafka-cluster:WriteData",
    "elasticfilesystem": "elasticfilesystem:ClientMount elasticfilesystem:ClientWrite "
    "elasticfilesystem:ClientRootAccess",
    "s3": "s3:GetObject s3:GetObjectVersion s3:PutObject s3:DeleteObject s3:ListBucket",
    "es": "es:ESHttpGet es:ESHttpPost es:ESHttpPut es:ESHttpDelete es:ESHttpHead es:ESHttpPatch",
    "secretsmanager": "secretsmanager:GetSecretValue secretsmanager:BatchGetSecretValue secretsmanager:PutSecretValue",
    "ssm": "ssm:GetParameter ssm:GetParameters ssm:GetParametersByPath ssm:GetParameterHistory ssm:PutParameter",
    "kms": "kms:Decrypt kms:ReEncryptFrom kms:CreateGrant",
    "iam": "sts:AssumeRole",
}

DATA_ACTIONS: Final = {
    service: frozenset(actions.lower().split()) for service, actions in _DATA_ACTIONS.items()
}
"""Actions that reach what a resource keeps, by the service in the resource's ARN; all others only manage it."""

PROVIDED: Final = frozenset({"managedPolicyArns", "policyArn", "policyArns"})
"""Properties that may name policies which the provider itself keeps."""

_PROVIDER_POLICIES = {
    "AdministratorAccess": "*",
    "PowerUserAccess": "*",
    "DatabaseAdministrator": "dynamodb:* rds:* rds-data:* redshift:* elasticache:*",
    "AmazonDynamoDBFullAccess": "dynamodb:*",
    "AmazonDynamoDBFullAccess_v2": "dynamodb:*",
    "AmazonDynamoDBReadOnlyAccess": "dynamodb:getitem dynamodb:query dynamodb:scan",
    "AmazonS3FullAccess": "s3:*",
    "AmazonS3ReadOnlyAccess": "s3:get*",
    "SecretsManagerReadWrite": "secretsmanager:*",
    "AmazonSSMFullAccess": "ssm:*",
    "AmazonSSMReadOnlyAccess": "ssm:get*",
    "AmazonRDSDataFullAccess": "rds-data:*",
    "AmazonElasticFileSystemClientFullAccess": "elasticfilesystem:client*",
    "AmazonElasticFileSystemClientReadWriteAccess": "elasticfilesystem:client*",
    "AmazonOpenSearchServiceFullAccess": "es:*",
    "AmazonElastiCacheFullAccess": "elasticache:*",
    "AmazonMemoryDBFullAccess": "memorydb:*",
    "AmazonKeyspacesFullAccess": "cassandra:*",
    "AmazonTimestreamFullAccess": "timestream:*",
}

PROVIDER_POLICIES: Final = {name: tuple(actions.split()) for name, actions in _PROVIDER_POLICIES.items()}
"""Policies that the provider keeps and that reach the data of every resource of a service."""
