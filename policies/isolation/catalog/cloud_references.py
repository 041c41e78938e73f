"""Which properties name other cloud resources by id or name, so that what is written out is as good as a reference."""

from __future__ import annotations

from typing import Final

from . import listed

REFERENCES: Final = {
    name: tuple(types.split())
    for names, types in {
        "role roleName": "aws:iam/role:Role",
        "roles": "aws:iam/role:Role",
        "user users": "aws:iam/user:User",
        "group groups": "aws:iam/group:Group",
        "iamInstanceProfile": "aws:iam/instanceProfile:InstanceProfile",
        "bucket accessPoint": "aws:s3/bucket:Bucket aws:s3/bucketV2:BucketV2 gcp:storage/bucket:Bucket",
        "secretId secretArn secret": "aws:secretsmanager/secret:Secret gcp:secretmanager/secret:Secret",
        "valueFrom": "aws:ssm/parameter:Parameter aws:secretsmanager/secret:Secret",
        "remoteRef extract": "aws:secretsmanager/secret:Secret aws:ssm/parameter:Parameter "
        "gcp:secretmanager/secret:Secret",
        "keyId targetKeyId cryptoKeyId": "aws:kms/key:Key gcp:kms/cryptoKey:CryptoKey",
        "dbProxyName": "aws:rds/proxy:Proxy",
        "dbInstanceIdentifier sourceDbInstanceIdentifier replicateSourceDb "
        "sourceDbiResourceId": "aws:rds/instance:Instance",
        "dbClusterIdentifier clusterIdentifier sourceClusterIdentifier sourceDbClusterIdentifier "
        "replicationSourceIdentifier sourceClusterResourceId snapshotClusterIdentifier": "aws:rds/cluster:Cluster "
        "aws:docdb/cluster:Cluster aws:neptune/cluster:Cluster aws:redshift/cluster:Cluster",
        "globalClusterIdentifier": "aws:rds/globalCluster:GlobalCluster aws:docdb/globalCluster:GlobalCluster "
        "aws:neptune/globalCluster:GlobalCluster",
        "snapshotIdentifier sourceDbSnapshotIdentifier sourceDbClusterSnapshotIdentifier": "aws:rds/snapshot:Snapshot "
        "aws:rds/snapshotCopy:SnapshotCopy aws:rds/clusterSnapshot:ClusterSnapshot "
        "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy aws:docdb/clusterSnapshot:ClusterSnapshot "
        "aws:neptune/clusterSnapshot:ClusterSnapshot aws:redshift/clusterSnapshot:ClusterSnapshot",
        "namespaceName": "aws:redshiftserverless/namespace:Namespace",
        "workgroupName": "aws:redshiftserverless/workgroup:Workgroup",
        "restoreSourceName": "aws:dynamodb/table:Table",
        "userGroupId userGroupIds": "aws:elasticache/userGroup:UserGroup",
        "userId userIds": "aws:elasticache/user:User",
        "replicationGroupId primaryReplicationGroupId": "aws:elasticache/replicationGroup:ReplicationGroup",
        "globalReplicationGroupId": "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup",
        "userNames": "aws:memorydb/user:User",
        "aclName": "aws:memorydb/acl:Acl",
        "clusterName": "aws:memorydb/cluster:Cluster gcp:alloydb/cluster:Cluster",
        "fileSystemId": "aws:efs/fileSystem:FileSystem",
        "accessPointId": "aws:efs/accessPoint:AccessPoint",
        "domainName": "aws:opensearch/domain:Domain aws:elasticsearch/domain:Domain",
        "securityGroupIds vpcSecurityGroupIds securityGroups securityGroupId sourceSecurityGroupId "
        "referencedSecurityGroupId groupIds replacementSecurityGroupIds": "aws:ec2/securityGroup:SecurityGroup",
        "taskDefinition": "aws:ecs/taskDefinition:TaskDefinition",
        "zoneId hostedZoneId": "aws:route53/zone:Zone",
        "namespaceId": "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace "
        "aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace",
        "serviceId": "aws:servicediscovery/service:Service",
        "member members serviceAccount serviceAccountEmail serviceAccountId": "gcp:serviceaccount/account:Account",
        "instance masterInstanceName": "gcp:sql/databaseInstance:DatabaseInstance gcp:spanner/instance:Instance",
        "principalId": "azure-native:managedidentity:UserAssignedIdentity",
        "cluster": "gcp:alloydb/cluster:Cluster",
    }.items()
    for name in names.split()
}
"""Types that a property may name by id or name rather than by ARN, by the property's name."""

OF_WORKLOADS: Final = listed(
    "iamInstanceProfile fileSystemId accessPointId securityGroupIds vpcSecurityGroupIds securityGroups groupIds "
    "replacementSecurityGroupIds valueFrom secret serviceAccount serviceAccountEmail bucket"
)
"""Those of them that mean the same in a workload, whose other properties are its author's own words."""

OF_VARIABLES: Final = {
    "table": ("aws:dynamodb/table:Table",),
    "bucket": ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2", "gcp:storage/bucket:Bucket"),
    "secret": ("aws:secretsmanager/secret:Secret", "gcp:secretmanager/secret:Secret"),
    "parameter": ("aws:ssm/parameter:Parameter",),
    "param": ("aws:ssm/parameter:Parameter",),
    "ssm": ("aws:ssm/parameter:Parameter",),
}
"""Types that the value of an environment variable may name, by a word of the variable's name."""

HOSTS_IN: Final = listed("secretString value insecureValue secretData records rrdatas attributes cnameRecord")
"""Properties whose text may hold the host of a store."""
