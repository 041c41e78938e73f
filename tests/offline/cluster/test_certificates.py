"""The generated certificates: who may identify as whom, and files that only their owner reads."""

from __future__ import annotations

import datetime
import json
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from offline.cluster import certificates, kubeconfig


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificates") / "set"
    certificates.make(made)
    return made


def load(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())


@pytest.mark.parametrize("name", list(certificates.SUBJECTS))
def test_a_certificate_is_signed_by_its_authority_only_and_good_for_its_side(folder: Path, name: str) -> None:
    subject = certificates.SUBJECTS[name]
    certificate = load(folder, name)
    for authority in certificates.AUTHORITIES:
        if authority == subject.authority:
            certificate.verify_directly_issued_by(load(folder, authority))
        else:
            with pytest.raises((InvalidSignature, ValueError)):
                certificate.verify_directly_issued_by(load(folder, authority))
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == subject.name
    groups = [one.value for one in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    assert groups == ([subject.group] if subject.group else [])
    purposes = set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    assert (ExtendedKeyUsageOID.SERVER_AUTH in purposes) == subject.server
    assert (ExtendedKeyUsageOID.CLIENT_AUTH in purposes) == subject.client


def test_only_the_api_server_is_a_client_of_etcd() -> None:
    signed = {
        name: subject for name, subject in certificates.SUBJECTS.items() if subject.authority == "etcd-ca"
    }
    assert set(signed) == {"etcd", "etcd-client"}


def test_only_the_administrator_and_kwok_are_masters() -> None:
    masters = {name for name, subject in certificates.SUBJECTS.items() if subject.group == "system:masters"}
    assert masters == {"admin", "kwok"}


def test_certificates_outlive_the_clone_and_begin_before_now(folder: Path) -> None:
    now = datetime.datetime.now(datetime.UTC)
    certificate = load(folder, "apiserver")
    assert certificate.not_valid_before_utc < now
    assert certificate.not_valid_after_utc > now + datetime.timedelta(days=3000)


def test_keys_are_readable_by_their_owner_only(folder: Path) -> None:
    keys = list(folder.glob("*.key"))
    assert len(keys) == len(certificates.SUBJECTS) + len(certificates.AUTHORITIES) + 1
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


def test_an_interrupted_making_leaves_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(certificates, "_write_service_account_key", fail)
        with pytest.raises(KeyboardInterrupt):
            certificates.make(tmp_path / "set")
    assert not (tmp_path / "set").exists()
    certificates.make(tmp_path / "set")
    assert (tmp_path / "set" / "service-account.key").exists()
    assert not (tmp_path / "set.draft").exists()


def test_a_kubeconfig_has_one_context_and_mode_600(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text("old")
    path.chmod(0o644)
    text = kubeconfig.render(server="https://127.0.0.1:20000", certificates=folder, client="admin")
    kubeconfig.write(path, text)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = json.loads(path.read_text())
    assert [one["name"] for one in written["contexts"]] == ["embedded"] == [written["current-context"]]
    assert written["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:20000"
    assert list(tmp_path.iterdir()) == [path]
