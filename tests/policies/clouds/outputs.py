"""What a cloud resource of each type is known by once it exists; `{n}` is its name."""

from __future__ import annotations

from typing import Final

REGION: Final = "eu-west-1"
ACCOUNT: Final = "111122223333"
_ARN = f"arn:aws:%s:{REGION}:{ACCOUNT}:%s"
_HOST = f"{{n}}.c9x1.{REGION}.%s.amazonaws.com"
KNOWN: Final[dict[str, dict[str, str]]] = {
    "aws:rds/instance:Instance": {
        "arn": _ARN % ("rds", "db:{n}"), "id": "db-{n}ABC", "identifier": "{n}", "resourceId": "db-{n}ABC",
        "address": _HOST % "rds", "endpoint": (_HOST % "rds") + ":5432",
    },
    "aws:rds/cluster:Cluster": {
        "arn": _ARN % ("rds", "cluster:{n}"), "id": "{n}", "clusterIdentifier": "{n}",
        "clusterResourceId": "cluster-{n}ABC", "endpoint": _HOST % "cluster-rds",
        "readerEndpoint": f"{{n}}.cluster-ro-c9x1.{REGION}.rds.amazonaws.com",
    },
    "aws:rds/clusterInstance:ClusterInstance": {
        "arn": _ARN % ("rds", "db:{n}"), "id": "{n}", "identifier": "{n}", "endpoint": _HOST % "rds",
    },
    "aws:rds/clusterEndpoint:ClusterEndpoint": {
        "arn": _ARN % ("rds", "cluster-endpoint:{n}"), "id": "{n}",
        "endpoint": f"{{n}}.cluster-custom-c9x1.{REGION}.rds.amazonaws.com",
    },
    "aws:rds/globalCluster:GlobalCluster": {"id": "{n}", "globalClusterIdentifier": "{n}"},
    "aws:rds/proxy:Proxy": {
        "arn": _ARN % ("rds", "db-proxy:prx-{n}"), "id": "{n}", "name": "{n}",
        "endpoint": f"{{n}}.proxy-c9x1.{REGION}.rds.amazonaws.com",
    },
    "aws:rds/proxyEndpoint:ProxyEndpoint": {
        "id": "{n}", "endpoint": f"{{n}}.endpoint.proxy-c9x1.{REGION}.rds.amazonaws.com",
    },
    "aws:rds/snapshot:Snapshot": {
        "dbSnapshotArn": _ARN % ("rds", "snapshot:{n}"), "id": "{n}", "dbSnapshotIdentifier": "{n}",
    },
    "aws:rds/snapshotCopy:SnapshotCopy": {
        "dbSnapshotArn": _ARN % ("rds", "snapshot:{n}"), "id": "{n}", "targetDbSnapshotIdentifier": "{n}",
    },
    "aws:dynamodb/table:Table": {
        "arn": _ARN % ("dynamodb", "table/{n}"), "id": "{n}", "name": "{n}",
        "streamArn": _ARN % ("dynamodb", "table/{n}/stream/2026-01-01T00:00:00.000"),
    },
    "aws:s3/bucket:Bucket": {
        "arn": "arn:aws:s3:::{n}", "id": "{n}", "bucket": "{n}", "bucketDomainName": "{n}.s3.amazonaws.com",
    },
    "aws:s3/bucketV2:BucketV2": {"arn": "arn:aws:s3:::{n}", "id": "{n}", "bucket": "{n}"},
    "aws:s3/accessPoint:AccessPoint": {
        "arn": _ARN % ("s3", "accesspoint/{n}"), "id": "{n}", "alias": "{n}-abc-s3alias", "name": "{n}",
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "arn": _ARN % ("elasticache", "replicationgroup:{n}"), "id": "{n}", "replicationGroupId": "{n}",
        "primaryEndpointAddress": f"{{n}}.abc.ng.0001.{REGION}.cache.amazonaws.com",
    },
    "aws:elasticache/cluster:Cluster": {
        "arn": _ARN % ("elasticache", "cluster:{n}"), "id": "{n}", "clusterId": "{n}",
        "clusterAddress": f"{{n}}.abc.cfg.{REGION}.cache.amazonaws.com",
    },
    "aws:elasticache/serverlessCache:ServerlessCache": {
        "arn": _ARN % ("elasticache", "serverlesscache:{n}"), "id": "{n}", "name": "{n}",
    },
    "aws:elasticache/user:User": {"arn": _ARN % ("elasticache", "user:{n}"), "id": "{n}", "userId": "{n}"},
    "aws:elasticache/userGroup:UserGroup": {
        "arn": _ARN % ("elasticache", "usergroup:{n}"), "id": "{n}", "userGroupId": "{n}",
    },
    "aws:memorydb/cluster:Cluster": {"arn": _ARN % ("memorydb", "cluster/{n}"), "id": "{n}", "name": "{n}"},
    "aws:memorydb/acl:Acl": {"arn": _ARN % ("memorydb", "acl/{n}"), "id": "{n}", "name": "{n}"},
    "aws:memorydb/user:User": {"arn": _ARN % ("memorydb", "user/{n}"), "id": "{n}", "userName": "{n}"},
    "aws:mq/broker:Broker": {
        "arn": _ARN % ("mq", "broker:{n}:b-12"), "id": "b-12",
        "instances.0.endpoints.0": f"amqps://b-12.mq.{REGION}.amazonaws.com:5671",
    },
    "aws:mq/configuration:Configuration": {"arn": _ARN % ("mq", "configuration:c-{n}"), "id": "c-{n}"},
    "aws:msk/cluster:Cluster": {
        "arn": _ARN % ("kafka", "cluster/{n}/uuid-1"), "id": _ARN % ("kafka", "cluster/{n}/uuid-1"),
        "bootstrapBrokersSaslScram": f"b-1.{{n}}.x1.c2.kafka.{REGION}.amazonaws.com:9096",
    },
    "aws:efs/fileSystem:FileSystem": {
        "arn": _ARN % ("elasticfilesystem", "file-system/fs-{n}"), "id": "fs-{n}",
        "dnsName": f"fs-{{n}}.efs.{REGION}.amazonaws.com",
    },
    "aws:efs/accessPoint:AccessPoint": {
        "arn": _ARN % ("elasticfilesystem", "access-point/fsap-{n}"), "id": "fsap-{n}",
    },
    "aws:opensearch/domain:Domain": {
        "arn": _ARN % ("es", "domain/{n}"), "id": _ARN % ("es", "domain/{n}"), "domainName": "{n}",
        "endpoint": f"search-{{n}}-abc.{REGION}.es.amazonaws.com",
    },
    "aws:sqs/queue:Queue": {
        "arn": _ARN % ("sqs", "{n}"), "name": "{n}",
        "id": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{{n}}",
        "url": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{{n}}",
    },
    "aws:secretsmanager/secret:Secret": {
        "arn": _ARN % ("secretsmanager", "secret:{n}-AbC12x"), "name": "{n}",
        "id": _ARN % ("secretsmanager", "secret:{n}-AbC12x"),
    },
    "aws:secretsmanager/secretVersion:SecretVersion": {
        "arn": _ARN % ("secretsmanager", "secret:{n}-AbC12x"), "versionId": "v-{n}",
    },
    "aws:ssm/parameter:Parameter": {"arn": _ARN % ("ssm", "parameter/{n}"), "name": "{n}", "id": "{n}"},
    "aws:kms/key:Key": {"arn": _ARN % ("kms", "key/k-{n}"), "id": "k-{n}", "keyId": "k-{n}"},
    "aws:iam/role:Role": {"arn": f"arn:aws:iam::{ACCOUNT}:role/{{n}}", "id": "{n}", "name": "{n}"},
    "aws:iam/user:User": {"arn": f"arn:aws:iam::{ACCOUNT}:user/{{n}}", "id": "{n}", "name": "{n}"},
    "aws:iam/group:Group": {"arn": f"arn:aws:iam::{ACCOUNT}:group/{{n}}", "id": "{n}", "name": "{n}"},
    "aws:iam/accessKey:AccessKey": {"id": "AKIA{n}", "secret": "hidden-{n}"},
    "aws:iam/policy:Policy": {"arn": f"arn:aws:iam::{ACCOUNT}:policy/{{n}}"},
    "aws:iam/instanceProfile:InstanceProfile": {
        "arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/{{n}}", "id": "{n}", "name": "{n}",
    },
    "aws:ec2/securityGroup:SecurityGroup": {"arn": _ARN % ("ec2", "security-group/sg-{n}"), "id": "sg-{n}"},
    "aws:ecs/taskDefinition:TaskDefinition": {"arn": _ARN % ("ecs", "task-definition/{n}:1"), "id": "{n}"},
    "aws:apprunner/vpcConnector:VpcConnector": {"arn": _ARN % ("apprunner", "vpcconnector/{n}/1"), "id": "{n}"},
    "aws:route53/record:Record": {"fqdn": "{n}.shop.internal", "id": "Z1_{n}"},
    "aws:route53/zone:Zone": {"zoneId": "Z1", "id": "Z1"},
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": {"id": "ns-{n}"},
    "aws:servicediscovery/service:Service": {"id": "srv-{n}", "arn": _ARN % ("servicediscovery", "service/srv-{n}")},
    "random:index/randomPassword:RandomPassword": {"result": "p-{n}-Zz9", "id": "none"},
    "gcp:sql/databaseInstance:DatabaseInstance": {
        "connectionName": "shop:europe-west1:{n}", "id": "{n}", "name": "{n}", "privateIpAddress": "10.9.0.5",
    },
    "gcp:storage/bucket:Bucket": {"id": "{n}", "name": "{n}", "url": "gs://{n}"},
    "gcp:secretmanager/secret:Secret": {"id": "projects/shop/secrets/{n}", "secretId": "{n}"},
    "gcp:serviceaccount/account:Account": {
        "email": "{n}@shop.iam.gserviceaccount.com", "member": "serviceAccount:{n}@shop.iam.gserviceaccount.com",
        "id": "projects/shop/serviceAccounts/{n}@shop.iam.gserviceaccount.com",
        "name": "projects/shop/serviceAccounts/{n}@shop.iam.gserviceaccount.com",
    },
    "gcp:redis/instance:Instance": {"host": "10.9.0.6", "id": "{n}", "name": "{n}", "authString": "a-{n}"},
    "azure-native:storage/v20230101:StorageAccount": {
        "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/{n}", "name": "{n}",
    },
    "azure-native:managedidentity:UserAssignedIdentity": {
        "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{n}",
        "principalId": "00000000-0000-0000-0000-{n}",
    },
}  # fmt: skip
