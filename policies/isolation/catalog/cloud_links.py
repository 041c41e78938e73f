"""How cloud resources lead to each other: what hands on what went into it, and what stands for whom elsewhere."""

from __future__ import annotations

from typing import Final


def _table(rows: str) -> dict[str, tuple[str, ...]]:
    """Rows of a type and its properties."""
    return {words[0]: tuple(words[1:]) for row in rows.strip().splitlines() if (words := row.split())}


HANDS_ON: Final = _table("""
    aws:iam/role:Role inlinePolicies managedPolicyArns
    aws:iam/user:User
    aws:iam/group:Group
    aws:iam/accessKey:AccessKey user
    aws:iam/instanceProfile:InstanceProfile role roles
    aws:iam/policy:Policy policy
    aws:iam/rolePolicy:RolePolicy policy
    aws:iam/userPolicy:UserPolicy policy
    aws:iam/groupPolicy:GroupPolicy policy
    aws:iam/rolePolicyAttachment:RolePolicyAttachment policyArn
    aws:iam/userPolicyAttachment:UserPolicyAttachment policyArn
    aws:iam/groupPolicyAttachment:GroupPolicyAttachment policyArn
    aws:iam/policyAttachment:PolicyAttachment policyArn
    aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive policyArns
    aws:eks/podIdentityAssociation:PodIdentityAssociation roleArn targetRoleArn
    aws:secretsmanager/secret:Secret
    aws:secretsmanager/secretVersion:SecretVersion secretString secretBinary secretStringWo secretId
    aws:ssm/parameter:Parameter value insecureValue valueWo
    aws:rds/proxy:Proxy
    aws:rds/proxyTarget:ProxyTarget dbInstanceIdentifier dbClusterIdentifier
    aws:rds/proxyEndpoint:ProxyEndpoint dbProxyName
    aws:rds/clusterInstance:ClusterInstance clusterIdentifier
    aws:rds/clusterEndpoint:ClusterEndpoint clusterIdentifier
    aws:rds/snapshot:Snapshot dbInstanceIdentifier
    aws:rds/clusterSnapshot:ClusterSnapshot dbClusterIdentifier
    aws:rds/snapshotCopy:SnapshotCopy sourceDbSnapshotIdentifier
    aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy sourceDbClusterSnapshotIdentifier
    aws:docdb/clusterInstance:ClusterInstance clusterIdentifier
    aws:docdb/clusterSnapshot:ClusterSnapshot dbClusterIdentifier
    aws:neptune/clusterInstance:ClusterInstance clusterIdentifier
    aws:neptune/clusterEndpoint:ClusterEndpoint clusterIdentifier
    aws:neptune/clusterSnapshot:ClusterSnapshot dbClusterIdentifier
    aws:redshift/endpointAccess:EndpointAccess clusterIdentifier
    aws:redshift/clusterSnapshot:ClusterSnapshot clusterIdentifier
    aws:redshiftserverless/workgroup:Workgroup namespaceName
    aws:redshiftserverless/endpointAccess:EndpointAccess workgroupName
    aws:dynamodb/tableReplica:TableReplica globalTableArn
    aws:dax/cluster:Cluster iamRoleArn
    aws:elasticache/globalReplicationGroup:GlobalReplicationGroup primaryReplicationGroupId
    aws:elasticache/user:User
    aws:elasticache/userGroup:UserGroup
    aws:memorydb/user:User
    aws:memorydb/acl:Acl
    aws:memorydb/snapshot:Snapshot clusterName
    aws:efs/accessPoint:AccessPoint fileSystemId
    aws:efs/mountTarget:MountTarget fileSystemId
    aws:s3/accessPoint:AccessPoint bucket
    aws:kms/key:Key
    aws:kms/alias:Alias targetKeyId
    aws:kms/replicaKey:ReplicaKey primaryKeyArn
    aws:route53/record:Record records aliases
    aws:servicediscovery/service:Service
    aws:servicediscovery/instance:Instance attributes
    gcp:secretmanager/secret:Secret
    gcp:secretmanager/secretVersion:SecretVersion secretData secret
    gcp:serviceaccount/account:Account
    gcp:serviceaccount/key:Key serviceAccountId
    gcp:sql/user:User instance
    gcp:alloydb/instance:Instance cluster
    gcp:alloydb/backup:Backup clusterName
    gcp:dns/recordSet:RecordSet rrdatas
    gcp:kms/cryptoKey:CryptoKey
    azure-native:managedidentity:UserAssignedIdentity
    azure-native:keyvault:Secret properties
    azure-native:storage:BlobContainer accountName
    azure-native:storage:FileShare accountName
    azure-native:privatedns:PrivateRecordSet cnameRecord
""")
"""Types that hand on what went into these properties of theirs, and nothing of what went into others."""

_LEADING = _table("""
    aws:iam/rolePolicy:RolePolicy role
    aws:iam/userPolicy:UserPolicy user
    aws:iam/groupPolicy:GroupPolicy group
    aws:iam/rolePolicyAttachment:RolePolicyAttachment role
    aws:iam/userPolicyAttachment:UserPolicyAttachment user
    aws:iam/groupPolicyAttachment:GroupPolicyAttachment group
    aws:iam/policyAttachment:PolicyAttachment roles users groups
    aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive roleName
    aws:iam/groupMembership:GroupMembership users>group
    aws:iam/userGroupMembership:UserGroupMembership user>groups
    aws:iam/role:Role assumeRolePolicy
    aws:secretsmanager/secretVersion:SecretVersion secretId
    aws:secretsmanager/secret:Secret policy
    aws:secretsmanager/secretPolicy:SecretPolicy policy>secretArn
    aws:kms/key:Key policy
    aws:kms/keyPolicy:KeyPolicy policy>keyId
    aws:kms/grant:Grant granteePrincipal>keyId
    aws:s3/bucket:Bucket policy
    aws:s3/bucketPolicy:BucketPolicy policy>bucket
    aws:s3/accessPoint:AccessPoint policy
    aws:s3control/accessPointPolicy:AccessPointPolicy policy>accessPointArn
    aws:dynamodb/resourcePolicy:ResourcePolicy policy>resourceArn
    aws:redshiftserverless/resourcePolicy:ResourcePolicy policy>resourceArn
    aws:dsql/clusterPolicy:ClusterPolicy policy>identifier
    aws:efs/fileSystemPolicy:FileSystemPolicy policy>fileSystemId
    aws:opensearch/domain:Domain accessPolicies
    aws:opensearch/domainPolicy:DomainPolicy accessPolicies>domainName
    aws:elasticsearch/domain:Domain accessPolicies
    aws:elasticsearch/domainPolicy:DomainPolicy accessPolicies>domainName
    aws:rds/proxyTarget:ProxyTarget dbProxyName
    aws:elasticache/userGroup:UserGroup userIds
    aws:elasticache/userGroupAssociation:UserGroupAssociation userId>userGroupId
    aws:elasticache/replicationGroup:ReplicationGroup userGroupIds
    aws:elasticache/serverlessCache:ServerlessCache userGroupId
    aws:memorydb/acl:Acl userNames
    aws:memorydb/cluster:Cluster aclName
    aws:msk/scramSecretAssociation:ScramSecretAssociation secretArnLists>clusterArn
    aws:msk/singleScramSecretAssociation:SingleScramSecretAssociation secretArn>clusterArn
    aws:servicediscovery/instance:Instance serviceId
    gcp:secretmanager/secretVersion:SecretVersion secret
    gcp:secretmanager/secretIamMember:SecretIamMember member>secretId
    gcp:secretmanager/secretIamBinding:SecretIamBinding members>secretId
    gcp:storage/bucketIAMMember:BucketIAMMember member>bucket
    gcp:storage/bucketIAMBinding:BucketIAMBinding members>bucket
    gcp:spanner/instanceIAMMember:InstanceIAMMember member>instance
    gcp:spanner/databaseIAMMember:DatabaseIAMMember member>instance
    gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember member>cryptoKeyId
    gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding members>cryptoKeyId
    gcp:serviceaccount/iAMMember:IAMMember member>serviceAccountId
    gcp:serviceaccount/iAMBinding:IAMBinding members>serviceAccountId
    azure-native:authorization:RoleAssignment principalId>scope
""")

LEADS_ON: Final = {
    token: tuple((of, to) for row in rows for of, _, to in (row.partition(">"),))
    for token, rows in _LEADING.items()
}
"""Types by which whoever has what is in the first property has what is in the second; without one, the resource itself.

Attachments, memberships, associations, grants, and the policies of resources, which name whom they let in.
"""

CREDENTIAL_LINKS: Final = frozenset(
    {
        "aws:msk/scramSecretAssociation:ScramSecretAssociation",
        "aws:msk/singleScramSecretAssociation:SingleScramSecretAssociation",
    }
)
"""Types by which a secret becomes a login of what it leads to."""

USERS: Final = frozenset(
    {"aws:elasticache/user:User", "aws:memorydb/user:User", "gcp:sql/user:User", "gcp:alloydb/user:User"}
)
"""Types of users of a store: the password that went into one opens what the user leads to."""

GENERATED: Final = {
    "random:index/randomPassword:RandomPassword": ("result",),
    "random:index/randomString:RandomString": ("result",),
    "random:index/randomId:RandomId": ("hex", "b64Std", "b64Url"),
    "aws:iam/accessKey:AccessKey": ("id", "secret"),
}
"""Types whose outputs are like no other text, so that who holds one has it from there."""

ENDPOINTS: Final = {
    "aws:rds/proxy:Proxy": ("endpoint",),
    "aws:rds/proxyEndpoint:ProxyEndpoint": ("endpoint",),
    "aws:rds/clusterInstance:ClusterInstance": ("endpoint",),
    "aws:rds/clusterEndpoint:ClusterEndpoint": ("endpoint",),
    "aws:docdb/clusterInstance:ClusterInstance": ("endpoint",),
    "aws:neptune/clusterInstance:ClusterInstance": ("address", "endpoint"),
    "aws:neptune/clusterEndpoint:ClusterEndpoint": ("endpoint",),
    "aws:redshift/endpointAccess:EndpointAccess": ("address",),
    "aws:redshiftserverless/endpointAccess:EndpointAccess": ("address",),
    "aws:s3/accessPoint:AccessPoint": ("alias", "domainName"),
    "aws:efs/mountTarget:MountTarget": ("dnsName", "mountTargetDnsName", "ipAddress"),
    "aws:route53/record:Record": ("fqdn", "name"),
    "aws:servicediscovery/service:Service": (),
    "gcp:dns/recordSet:RecordSet": ("name",),
    "gcp:alloydb/instance:Instance": ("ipAddress", "publicIpAddress"),
}
"""Types that have hosts of their own, at which their users reach the store they lead to."""

ZONES: Final = {
    "aws:route53/record:Record": ("zoneId",),
    "aws:servicediscovery/service:Service": ("namespaceId", "dnsConfig"),
}
"""Types that are a name in a zone, and the properties that name the zone."""
