"""Which changes of the provider itself replace it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi.runtime.proto import provider_pb2

from offline.providers.kubernetes.configuration import read_configuration
from offline.providers.kubernetes.provider_config import diff_config
from offline.providers.property_values import UNKNOWN, encode
from offline.providers.rpc_errors import ProviderError
from tests.offline.providers.test_kubeconfig import CONFIG

HERE = yaml.safe_dump(CONFIG)
THERE = HERE.replace("https://a", "https://elsewhere")
OTHER_USER = HERE.replace("u.crt", "v.crt")


@pytest.mark.parametrize(
    ("old", "new", "changes", "replaces"),
    [
        pytest.param({"kubeconfig": HERE}, {"kubeconfig": HERE}, [], [], id="same"),
        pytest.param(
            {"kubeconfig": HERE}, {"kubeconfig": HERE, "namespace": "a"}, ["namespace"], [], id="namespace"
        ),
        pytest.param(
            {"kubeconfig": HERE}, {"kubeconfig": THERE}, ["kubeconfig"], ["kubeconfig"], id="another-server"
        ),
        pytest.param({"kubeconfig": HERE}, {"kubeconfig": OTHER_USER}, ["kubeconfig"], [], id="another-user"),
        pytest.param(
            {"kubeconfig": HERE},
            {"kubeconfig": HERE, "context": "two"},
            ["context"],
            ["context"],
            id="another-context",
        ),
        pytest.param(
            {"kubeconfig": HERE, "clusterIdentifier": "x"},
            {"kubeconfig": THERE, "clusterIdentifier": "x"},
            ["kubeconfig"],
            [],
            id="same-identifier",
        ),
        pytest.param(
            {"kubeconfig": HERE, "clusterIdentifier": "x"},
            {"kubeconfig": HERE, "clusterIdentifier": "y"},
            ["clusterIdentifier"],
            ["clusterIdentifier"],
            id="another-identifier",
        ),
        pytest.param(
            {"kubeconfig": HERE},
            {"kubeconfig": HERE, "clusterIdentifier": "y"},
            ["clusterIdentifier"],
            [],
            id="identifier-added",
        ),
        pytest.param(
            {"kubeconfig": HERE},
            {"kubeconfig": UNKNOWN},
            ["kubeconfig"],
            ["kubeconfig"],
            id="unknown-kubeconfig",
        ),
        pytest.param(
            {"kubeconfig": "/a"}, {"kubeconfig": "/b"}, ["kubeconfig"], [], id="missing-files-tell-nothing"
        ),
        pytest.param({}, {"kubeconfig": HERE}, ["kubeconfig"], [], id="kubeconfig-added"),
    ],
)
def test_differences(
    old: dict[str, Any], new: dict[str, Any], changes: list[str], replaces: list[str]
) -> None:
    answer = diff_config(provider_pb2.DiffRequest(olds=encode(old), old_inputs=encode(old), news=encode(new)))
    assert list(answer.diffs) == changes
    assert list(answer.replaces) == replaces


@pytest.mark.parametrize(
    ("variables", "environment", "field", "wanted"),
    [
        ({}, {}, "config_map_mutable", False),
        ({"enableConfigMapMutable": "true"}, {}, "config_map_mutable", True),
        ({}, {"PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE": "true"}, "config_map_mutable", True),
        (
            {"enableConfigMapMutable": "false"},
            {"PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE": "true"},
            "config_map_mutable",
            False,
        ),
        ({"enableSecretMutable": "true"}, {}, "secret_mutable", True),
        ({"deleteUnreachable": "true"}, {}, "delete_unreachable", True),
        ({}, {"PULUMI_K8S_SKIP_UPDATE_UNREACHABLE": "true"}, "skip_update_unreachable", True),
        ({"kubeconfig": '"~/config"'}, {}, "kubeconfig", "~/config"),
        ({"context": "c", "namespace": "n"}, {}, "namespace", "n"),
    ],
)
def test_settings(variables: dict[str, str], environment: dict[str, str], field: str, wanted: object) -> None:
    named = {f"kubernetes:config:{key}": value for key, value in variables.items()}
    request = provider_pb2.ConfigureRequest(variables=named)
    assert getattr(read_configuration(request, environment), field) == wanted


def test_client_side_apply_is_refused() -> None:
    request = provider_pb2.ConfigureRequest(variables={"kubernetes:config:enableServerSideApply": "false"})
    with pytest.raises(ProviderError, match="server-side apply only"):
        read_configuration(request, {})


def test_a_path_stands_for_the_cluster_in_its_file(tmp_path: Path) -> None:
    for name, text in (("here", HERE), ("copy", HERE), ("there", THERE)):
        (tmp_path / name).write_text(text)

    def replaces(new: str) -> list[str]:
        old = encode({"kubeconfig": str(tmp_path / "here")})
        news = encode({"kubeconfig": str(tmp_path / new)})
        return list(diff_config(provider_pb2.DiffRequest(olds=old, old_inputs=old, news=news)).replaces)

    assert replaces("copy") == []
    assert replaces("there") == ["kubeconfig"]
