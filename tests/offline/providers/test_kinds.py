"""Which types are taken, and how the others are refused."""

import pytest

from offline.providers.kubernetes.kinds import ObjectType, type_of, type_of_token
from offline.providers.rpc_errors import ProviderError


@pytest.mark.parametrize(
    ("token", "wanted", "namespaced"),
    [
        ("kubernetes:core/v1:Namespace", ObjectType("v1", "Namespace"), False),
        ("kubernetes:core/v1:Secret", ObjectType("v1", "Secret"), True),
        ("kubernetes:apps/v1:Deployment", ObjectType("apps/v1", "Deployment"), True),
        (
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
            ObjectType("rbac.authorization.k8s.io/v1", "ClusterRole"),
            False,
        ),
        (
            "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
            ObjectType("gateway.networking.k8s.io/v1", "HTTPRoute"),
            True,
        ),
        ("kubernetes:postgresql.cnpg.io/v1:Cluster", ObjectType("postgresql.cnpg.io/v1", "Cluster"), True),
    ],
)
def test_taken(token: str, wanted: ObjectType, namespaced: bool) -> None:
    assert type_of_token(token) == wanted
    assert wanted.namespaced_by_default() is namespaced


@pytest.mark.parametrize(
    "token",
    [
        "kubernetes:apps/v1beta1:Deployment",
        "kubernetes:core/v1:PodList",
        "kubernetes:apps/v1:DeploymentPatch",
        "kubernetes:helm.sh/v3:Release",
        "kubernetes:helm.sh/v4:Chart",
        "kubernetes:yaml/v2:ConfigFile",
        "kubernetes:kustomize/v2:Directory",
        "kubernetes:yaml:ConfigGroup",
        "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
        "random:index/randomPassword:RandomPassword",
    ],
)
def test_refused_by_name_with_the_list(token: str) -> None:
    with pytest.raises(ProviderError) as refusal:
        type_of_token(token)
    assert token in str(refusal.value)
    assert "apps/v1 (DaemonSet, Deployment, StatefulSet)" in str(refusal.value)


def test_the_core_group_by_its_long_name() -> None:
    assert type_of({"apiVersion": "core/v1", "kind": "Pod"}) == ObjectType("v1", "Pod")
