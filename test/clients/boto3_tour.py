"""A tour of a local ElastiCache endpoint by boto3: every waiter, every paginator and the typed exceptions."""

import datetime
import os
import unittest

import boto3
from botocore.exceptions import ClientError

NODE = {"Engine": "valkey", "CacheNodeType": "cache.t3.small"}
# Operations without a resource of their own have required parameters.
PAGED = {
    "describe_cache_parameters": {"CacheParameterGroupName": "default.valkey8"},
    "describe_engine_default_parameters": {"CacheParameterGroupFamily": "valkey8"},
}
FAST = {"Delay": 2, "MaxAttempts": 60}


class Tour(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = boto3.client("elasticache")
        cls.client.create_replication_group(
            ReplicationGroupId="carts", ReplicationGroupDescription="Carts", NumCacheClusters=2, **NODE
        )
        cls.wait("replication_group_available", ReplicationGroupId="carts")

    @classmethod
    def wait(cls, name, **resource):
        cls.client.get_waiter(name).wait(WaiterConfig=FAST, **resource)

    def test_waiters(self):
        self.wait("cache_cluster_available", CacheClusterId="carts-001")
        self.client.create_replication_group(
            ReplicationGroupId="short", ReplicationGroupDescription="Short", NumCacheClusters=2, **NODE
        )
        self.wait("replication_group_available", ReplicationGroupId="short")
        self.client.delete_replication_group(ReplicationGroupId="short")
        self.wait("replication_group_deleted", ReplicationGroupId="short")
        self.wait("cache_cluster_deleted", CacheClusterId="short-001")
        self.assertEqual(len(self.client.waiter_names), 4)

    def test_paginators(self):
        for number in range(45):
            self.client.create_user(
                UserId=f"user-{number}", UserName=f"user-{number}", Engine="valkey",
                AccessString="on ~* +@read", AuthenticationMode={"Type": "iam"},
            )
        names = [name for name in dir(self.client) if name.startswith(("describe", "list")) and self.client.can_paginate(name)]
        self.assertGreaterEqual(len(names), 19)
        for name in names:
            with self.subTest(name):
                config = {"PageSize": 20}
                pages = list(self.client.get_paginator(name).paginate(PaginationConfig=config, **PAGED.get(name, {})))
                self.assertGreaterEqual(len(pages), 1)
                self.assertNotIn("Marker", pages[-1])
        pages = list(self.client.get_paginator("describe_users").paginate(PaginationConfig={"PageSize": 20}))
        ids = [user["UserId"] for page in pages for user in page["Users"]]
        self.assertEqual(len(pages), 3)
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(len([one for one in ids if one.startswith("user-")]), 45)

    def test_exceptions(self):
        client, faults = self.client, self.client.exceptions
        client.create_user(
            UserId="app", UserName="app", Engine="redis", AccessString="on ~* +@all", AuthenticationMode={"Type": "iam"}
        )
        group = {"ReplicationGroupId": "none"}
        arn = "arn:aws:elasticache:us-east-1:000000000000"
        cases = [
            (faults.UserNotFoundFault, client.describe_users, {"UserId": "none"}),
            (faults.UserGroupNotFoundFault, client.describe_user_groups, {"UserGroupId": "none"}),
            (faults.ReplicationGroupNotFoundFault, client.describe_replication_groups, group),
            (faults.ReplicationGroupNotFoundFault, client.delete_replication_group, group),
            (faults.CacheClusterNotFoundFault, client.describe_cache_clusters, {"CacheClusterId": "none"}),
            (faults.NodeGroupNotFoundFault, client.test_failover, {"ReplicationGroupId": "carts", "NodeGroupId": "0009"}),
            (faults.SnapshotNotFoundFault, client.describe_snapshots, {"SnapshotName": "none"}),
            (faults.SnapshotNotFoundFault, client.delete_snapshot, {"SnapshotName": "none"}),
            (faults.CacheParameterGroupNotFoundFault, client.describe_cache_parameters, {"CacheParameterGroupName": "none"}),
            (faults.CacheSubnetGroupNotFoundFault, client.describe_cache_subnet_groups, {"CacheSubnetGroupName": "none"}),
            (faults.InvalidARNFault, client.list_tags_for_resource, {"ResourceName": "arn:aws:s3:::bucket"}),
            (faults.TagNotFoundFault, client.remove_tags_from_resource,
             {"ResourceName": f"{arn}:replicationgroup:carts", "TagKeys": ["none"]}),
            (faults.ReplicationGroupAlreadyExistsFault, client.create_replication_group,
             {"ReplicationGroupId": "carts", "ReplicationGroupDescription": "Again", **NODE}),
            (faults.InvalidParameterValueException, client.create_replication_group,
             {"ReplicationGroupId": "x--y", "ReplicationGroupDescription": "Wrong", **NODE}),
            (faults.InvalidParameterCombinationException, client.describe_events, {"SourceIdentifier": "carts"}),
            (faults.InvalidParameterValueException, client.describe_users, {"MaxRecords": 5}),
            (faults.DefaultUserRequired, client.create_user_group, {"UserGroupId": "redis", "Engine": "redis", "UserIds": ["app"]}),
            (faults.ServerlessCacheNotFoundFault, client.describe_serverless_caches, {"ServerlessCacheName": "none"}),
            (faults.GlobalReplicationGroupNotFoundFault, client.describe_global_replication_groups,
             {"GlobalReplicationGroupId": "none"}),
            (faults.ServiceUpdateNotFoundFault, client.describe_service_updates, {"ServiceUpdateName": "none"}),
            (faults.ReservedCacheNodeNotFoundFault, client.describe_reserved_cache_nodes, {"ReservedCacheNodeId": "none"}),
        ]
        for fault, call, parameters in cases:
            with self.subTest(f"{fault.__name__} {parameters}"), self.assertRaises(fault) as raised:
                call(**parameters)
            self.assertTrue(raised.exception.response["Error"]["Message"])
        with self.assertRaises(ClientError) as raised:
            client.create_serverless_cache(ServerlessCacheName="x", Engine="valkey")
        self.assertEqual(raised.exception.response["Error"]["Code"], "NotImplemented")
        self.assertIn("serverless", raised.exception.response["Error"]["Message"])

    def test_types_of_values(self):
        group = self.client.describe_replication_groups(ReplicationGroupId="carts")["ReplicationGroups"][0]
        self.assertIs(group["ClusterEnabled"], False)
        self.assertIsInstance(group["ReplicationGroupCreateTime"], datetime.datetime)
        self.assertIsInstance(group["NodeGroups"][0]["PrimaryEndpoint"]["Port"], int)
        identity = boto3.client("sts").get_caller_identity()
        self.assertEqual(group["ARN"].split(":")[4], identity["Account"])

    def test_regions(self):
        other = boto3.client("elasticache", region_name="eu-central-1")
        self.assertEqual(other.describe_replication_groups()["ReplicationGroups"], [])


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    unittest.main()
