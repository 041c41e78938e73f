"""How the cluster is found, and what happens when it is not."""

import json
from pathlib import Path

import pytest
import yaml

from offline.providers.property_values import encode
from tests.offline.providers import manifests as m
from tests.offline.providers.conftest import ROOT
from tests.offline.providers.provider_process import Cluster, Provider, RefusedError, Resource

PROGRAM = m.config_map("default", "settings")


def unreachable_kubeconfig(folder: Path) -> Path:
    path = folder / "kubeconfig"
    server = "https://127.0.0.1:9"
    path.write_text(
        yaml.safe_dump(
            {
                "clusters": [{"name": "c", "cluster": {"server": server, "insecure-skip-tls-verify": True}}],
                "users": [{"name": "u", "user": {"token": "t"}}],
                "contexts": [{"name": "far", "context": {"cluster": "c", "user": "u", "namespace": "there"}}],
                "current-context": "far",
            }
        )
    )
    return path


def test_contents_and_paths_of_a_kubeconfig_are_taken(
    elsewhere: Provider, cluster: Cluster, namespace: str
) -> None:
    parsed = yaml.safe_load(cluster.kubeconfig.read_text())
    forms = {
        "yaml": cluster.kubeconfig.read_text(),
        "json": json.dumps(parsed),
        "path": str(cluster.kubeconfig),
    }
    for form, text in forms.items():
        elsewhere.configure(kubeconfig=text, context=cluster.context, namespace=namespace)
        program = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"from-{form}"}}
        assert elsewhere.create(m.CONFIG_MAP, program).id == f"{namespace}/from-{form}"


@pytest.fixture
def stored(kubernetes: Provider, namespace: str) -> Resource:
    return kubernetes.create(m.CONFIG_MAP, m.config_map(namespace, "settings"))


def test_an_unreachable_cluster_lets_a_preview_of_creations_pass_and_nothing_else(
    elsewhere: Provider, tmp_path: Path, stored: Resource
) -> None:
    elsewhere.configure(kubeconfig=str(unreachable_kubeconfig(tmp_path)))
    stored.provider = elsewhere
    previewed = elsewhere.create(m.CONFIG_MAP, m.config_map("", "settings"), preview=True)
    assert previewed.outputs == previewed.inputs
    assert previewed.inputs["metadata"]["namespace"] == "there"
    message = r"configured Kubernetes cluster is unreachable: https://127\.0\.0\.1:9: .*refused"
    labelled = m.changed(m.config_map(stored.id.split("/")[0], "settings"), "metadata", "labels", to={})
    for operation in (
        lambda: elsewhere.create(m.CONFIG_MAP, PROGRAM),
        lambda: stored.update(labelled),
        stored.refreshed,
        stored.delete,
    ):
        with pytest.raises(RefusedError, match=message):
            operation()


@pytest.mark.parametrize(
    ("setting", "kept"),
    [
        pytest.param("deleteUnreachable", False, id="delete"),
        pytest.param("skipUpdateUnreachable", True, id="skip"),
    ],
)
def test_settings_for_an_unreachable_cluster(
    elsewhere: Provider, tmp_path: Path, stored: Resource, setting: str, kept: bool
) -> None:
    elsewhere.configure(kubeconfig=str(unreachable_kubeconfig(tmp_path)), **{setting: "true"})
    stored.provider = elsewhere
    assert (stored.refreshed() is not None) is kept
    if kept:
        assert stored.checked(m.config_map("elsewhere", "changed")) == stored.inputs
    else:
        stored.delete()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        pytest.param(
            {"context": "production"},
            r'unreachable: context "production" does not exist in the kubeconfig; it has embedded$',
            id="unknown-context",
        ),
        pytest.param(
            {"kubeconfig": "/no/such/file"}, "unreachable: no such file: /no/such/file", id="no-file"
        ),
        pytest.param(
            {"kubeconfig": "a: [b\nc"}, r"unreachable: neither an existing file nor YAML", id="no-yaml"
        ),
    ],
)
def test_a_kubeconfig_that_leads_nowhere(
    elsewhere: Provider, cluster: Cluster, variables: dict[str, str], message: str
) -> None:
    elsewhere.configure(**{"kubeconfig": str(cluster.kubeconfig), **variables})
    assert elsewhere.create(m.CONFIG_MAP, PROGRAM, preview=True).outputs["data"] == {"a": "1"}
    with pytest.raises(RefusedError, match=message):
        elsewhere.create(m.CONFIG_MAP, PROGRAM)


def test_a_wrong_credential_is_named(elsewhere: Provider, cluster: Cluster) -> None:
    kubeconfig = yaml.safe_load(cluster.kubeconfig.read_text())
    kubeconfig["users"][0]["user"] = {"token": "wrong"}
    elsewhere.configure(kubeconfig=json.dumps(kubeconfig))
    with pytest.raises(RefusedError, match=r"unreachable: https://.*Unauthorized"):
        elsewhere.create(m.CONFIG_MAP, PROGRAM)


@pytest.mark.parametrize(
    ("name", "value"), [("enableServerSideApply", "false"), ("renderYamlToDirectory", "rendered")]
)
def test_what_only_the_official_provider_can_is_refused(
    elsewhere: Provider, cluster: Cluster, name: str, value: str
) -> None:
    with pytest.raises(RefusedError, match=f"^{name}: this stand-in"):
        elsewhere.configure(kubeconfig=str(cluster.kubeconfig), **{name: value})


def test_work_before_the_configuration_is_an_error_and_no_traceback() -> None:
    with (
        Provider.started("kubernetes", ROOT) as fresh,
        pytest.raises(RefusedError, match="before it was configured"),
    ):
        fresh.check(fresh.urn(m.CONFIG_MAP), {})


def test_functions_and_components_are_refused_by_name(elsewhere: Provider) -> None:
    from pulumi.runtime.proto import provider_pb2

    for method, request in (
        ("Invoke", provider_pb2.InvokeRequest(tok="kubernetes:yaml:decode", args=encode({}))),
        ("Construct", provider_pb2.ConstructRequest(type="kubernetes:helm.sh/v4:Chart")),
    ):
        with pytest.raises(RefusedError, match=r"kubernetes:.*official provider"):
            elsewhere.call(method, request)
