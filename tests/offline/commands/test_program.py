"""Programs and stack files are found, and refused by file, key, value and fix."""

from pathlib import Path

import pytest

from offline.commands.refusal import Refusal
from offline.commands.stack.cluster_access import check_context
from offline.commands.stack.program import load
from offline.commands.stack.pulumi import check_passphrase
from tests.offline.commands.conftest import STACK_FILE, Clone


def test_the_project_is_read(clone: Clone) -> None:
    program = clone.program
    assert (program.project, program.stack, program.has_secrets) == ("shop", "year1", False)
    assert program.cluster is not None
    assert program.cluster.embedded
    assert program.cluster.context == "embedded"


def test_another_program_has_a_stack_file_of_its_own(clone: Clone) -> None:
    folder = clone.root / "tests" / "reader"
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: reader\nruntime: python\n")
    (folder / "Pulumi.year1.yaml").write_text(
        "config:\n  reader:kubeconfig: .cluster/kubeconfig\n  reader:context: embedded\n"
    )
    program = load("tests/reader", "year1")
    assert program.shown_file == "tests/reader/Pulumi.year1.yaml"
    assert program.cluster is not None
    assert program.cluster.embedded, "paths are relative to the clone, not to the program"


@pytest.mark.parametrize(
    ("config", "embedded"),
    [
        pytest.param(
            "shop:cluster: {kubeconfig: ~/.kube/config, context: dev}", False, id="somebody's cluster"
        ),
        pytest.param("shop:cluster: {kubeconfig: .cluster/kubeconfig, context: embedded}", True, id="ours"),
        pytest.param(
            "shop:cluster: {kubeconfig: /x/kubeconfig, context: embedded}",
            False,
            id="another clone's",
        ),
        pytest.param("shop:cluster: 5", None, id="nonsense is the program's to refuse"),
        pytest.param("other:cluster: {kubeconfig: a, context: b}", None, id="another project's key"),
        pytest.param("shop:year: 1", None, id="no cluster"),
    ],
)
def test_what_counts_as_the_embedded_cluster(clone: Clone, config: str, embedded: bool | None) -> None:
    clone.stack_file.write_text(f"config:\n  {config}\n")
    cluster = clone.program.cluster
    assert (cluster.embedded if cluster else None) is embedded


@pytest.mark.parametrize(
    ("folder", "stack", "says"),
    [
        pytest.param(
            None,
            "year9",
            r"STACK: .*`year9`: stacks/Pulumi\.year9\.yaml.*\n  fix: .*year1",
            id="no such stack",
        ),
        pytest.param(
            "nowhere",
            "year1",
            r"PROGRAM: .*nowhere is no Pulumi program.*\n  fix: name",
            id="no such program",
        ),
    ],
)
def test_what_is_not_there_is_refused(clone: Clone, folder: str | None, stack: str, says: str) -> None:
    assert clone.stack_file.exists()
    with pytest.raises(Refusal, match=says):
        load(folder, stack)


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        pytest.param(
            "stacks/Pulumi.year1.yaml", "config: [", "is not valid YAML in line 1", id="broken stack file"
        ),
        pytest.param("stacks/Pulumi.year1.yaml", "a: 1\na: 2", "in line 2: .*`a`", id="a key twice"),
        pytest.param("stacks/Pulumi.year1.yaml", "a: &a [*a]", "contains itself", id="an endless file"),
        pytest.param(
            "stacks/Pulumi.year1.yaml", "- a", "a stack file is a mapping", id="a list for a stack file"
        ),
        pytest.param("Pulumi.yaml", "runtime: python", "`name` is missing", id="project without a name"),
        pytest.param(
            "stacks/Pulumi.year1.yaml",
            "config:\n  shop:cluster: {kubeconfig: /etc/prod, context: prod, embedded: true}",
            r"shop:cluster\.embedded is true, but shop:cluster\.kubeconfig is `/etc/prod`",
            id="a production cluster called embedded",
        ),
    ],
)
def test_a_bad_file_is_named(clone: Clone, file: str, text: str, says: str) -> None:
    (clone.root / file).write_text(text)
    with pytest.raises(Refusal, match=rf"^{file}: .*{says}(.|\n)*\n  fix: "):
        load(None, "year1")


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        pytest.param("{secure: v1:abc}", True, id="a secret"),
        pytest.param("{a: [{b: {secure: v1:abc}}]}", True, id="a secret far down"),
        pytest.param("{a: secure}", False, id="only the word"),
    ],
)
def test_secrets_of_the_file_are_seen(clone: Clone, value: str, holds: bool) -> None:
    clone.stack_file.write_text(f"config:\n  shop:key: {value}\n")
    assert clone.program.has_secrets is holds


@pytest.mark.parametrize(
    ("kubeconfig", "says"),
    [
        pytest.param(None, r"shop:cluster\.kubeconfig is `.*`, which does not exist", id="no kubeconfig"),
        pytest.param("]", "is no kubeconfig", id="no YAML"),
        pytest.param("{}", "is no kubeconfig", id="no contexts"),
        pytest.param(
            "contexts: [{name: a}, {name: b}]",
            r"shop:cluster\.context is `embedded`.*\n  fix: .*a, b",
            id="other",
        ),
    ],
)
def test_a_context_that_does_not_exist_is_refused(clone: Clone, kubeconfig: str | None, says: str) -> None:
    if kubeconfig is not None:
        clone.kubeconfig(kubeconfig)
    cluster = clone.program.cluster
    assert cluster is not None
    with pytest.raises(Refusal, match=rf"stacks/Pulumi\.year1\.yaml: .*{says}"):
        check_context(clone.program, cluster)


DEV = STACK_FILE.replace(".cluster/kubeconfig", "/dev/kubeconfig").replace(
    "embedded: true", "embedded: false"
)


@pytest.mark.parametrize(
    ("text", "variables", "accepted"),
    [
        pytest.param(STACK_FILE, {}, True, id="embedded, generated"),
        pytest.param(DEV, {}, False, id="dev, generated"),
        pytest.param(
            DEV, {"PULUMI_CONFIG_PASSPHRASE_FILE": "generated"}, False, id="dev, generated by make env"
        ),
        pytest.param(DEV, {"PULUMI_CONFIG_PASSPHRASE": "ours"}, True, id="dev, a passphrase"),
        pytest.param(
            DEV, {"PULUMI_CONFIG_PASSPHRASE_FILE": "/team/passphrase"}, True, id="dev, a passphrase file"
        ),
        pytest.param(
            DEV, {"PULUMI_BACKEND_URL": "https://api.example.com"}, True, id="dev, a service with its own"
        ),
        pytest.param(f"secretsprovider: awskms://x\n{DEV}", {}, True, id="dev, a key service"),
        pytest.param(f"secretsprovider: passphrase\n{DEV}", {}, False, id="dev, explicitly a passphrase"),
    ],
)
def test_only_embedded_stacks_take_the_generated_passphrase(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    text: str, variables: dict[str, str], accepted: bool,
) -> None:  # fmt: skip
    from offline.toolchain import environment

    monkeypatch.setattr(environment, "PASSPHRASE", tmp_path / "passphrase")
    for name in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_BACKEND_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, str(tmp_path / "passphrase") if value == "generated" else value)
    clone.stack_file.write_text(text)
    if accepted:
        check_passphrase(clone.program)
    else:
        with pytest.raises(
            Refusal, match=r"Pulumi\.year1\.yaml: .*no passphrase(.|\n)*fix: set PULUMI_CONFIG_PASSPHRASE"
        ):
            check_passphrase(clone.program)


def test_a_file_in_another_encoding_is_named(clone: Clone) -> None:
    clone.stack_file.write_bytes("config: {a: caf\xe9}".encode("latin-1"))
    with pytest.raises(Refusal, match=r"^stacks/Pulumi\.year1\.yaml: cannot be read: (.|\n)*UTF-8"):
        load(None, "year1")


@pytest.mark.parametrize("name", ["../year1", "", "a b"])
def test_what_is_no_stack_name_is_refused(clone: Clone, name: str) -> None:
    with pytest.raises(Refusal, match=r"^STACK is `.*`, which is no stack name"):
        load(None, name)


def test_a_folder_is_no_stack(clone: Clone) -> None:
    (clone.root / "stacks" / "Pulumi.folder.yaml").mkdir()
    with pytest.raises(Refusal, match="with one of: year1; or write"):
        load(None, "folder")
