"""The cluster's own authorities, certificates and service-account key, made once per cluster.

Two authorities, so that a certificate which the API server trusts (every user has one) opens no connection to
etcd.
"""

from __future__ import annotations

import datetime
import ipaddress
import shutil
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID_DAYS = 3650
"""Longer than any clone lives; a new cluster makes new ones anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who a certificate names, and for which side of a connection it is good."""

    name: str
    """Common name; for a client of the API server, its user name."""
    group: str | None = None
    """Organization; for a client of the API server, its group."""
    authority: str = "ca"
    """File name (without suffix) of the authority that signs it."""
    server: bool = False
    """Whether it may serve on loopback."""
    client: bool = False
    """Whether it may identify a client."""


SUBJECTS: dict[str, Subject] = {
    "apiserver": Subject(name="kube-apiserver", server=True),
    "components": Subject(name="components", server=True),
    "admin": Subject(name="embedded-admin", group="system:masters", client=True),
    "controller-manager": Subject(name="system:kube-controller-manager", client=True),
    "scheduler": Subject(name="system:kube-scheduler", client=True),
    "kwok": Subject(name="kwok", group="system:masters", client=True),
    "etcd": Subject(name="etcd", authority="etcd-ca", server=True, client=True),
    "etcd-client": Subject(name="kube-apiserver-etcd-client", authority="etcd-ca", client=True),
}
"""File name (without suffix) of each certificate and whom it names."""

AUTHORITIES = ("ca", "etcd-ca")


def make(folder: Path) -> None:
    """Make every certificate of the cluster in `folder`, which must not exist yet.

    They are written beside it and moved in as a whole, so that an interrupted start leaves all or nothing.
    """
    draft = folder.with_name(folder.name + ".draft")
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    issuers: dict[str, tuple[x509.Certificate, ec.EllipticCurvePrivateKey]] = {}
    for name in AUTHORITIES:
        key = ec.generate_private_key(ec.SECP256R1())
        issuers[name] = (_authority(name, key), key)
        _write(draft, name, issuers[name][0], key)
    for file, subject in SUBJECTS.items():
        key = ec.generate_private_key(ec.SECP256R1())
        _write(draft, file, _leaf(subject, key, *issuers[subject.authority]), key)
    _write_service_account_key(draft)
    draft.replace(folder)


def _authority(name: str, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"embedded-{name}")])
    return (
        _dated(subject, subject, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    subject: Subject,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, subject.name)]
    if subject.group:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject.group))
    sides = (
        (subject.server, ExtendedKeyUsageOID.SERVER_AUTH),
        (subject.client, ExtendedKeyUsageOID.CLIENT_AUTH),
    )
    purposes = [purpose for wanted, purpose in sides if wanted]
    builder = (
        _dated(x509.Name(attributes), issuer.subject, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    if subject.server:
        reached_as: list[x509.GeneralName] = [
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            x509.IPAddress(ipaddress.ip_address("10.96.0.1")),
            x509.DNSName("localhost"),
            x509.DNSName("kubernetes.default.svc"),
        ]
        builder = builder.add_extension(x509.SubjectAlternativeName(reached_as), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _dated(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))  # a clock that is set back a little does no harm
        .not_valid_after(now + datetime.timedelta(days=VALID_DAYS))
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write(folder: Path, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    _write_private(folder / f"{name}.key", key)


def _write_service_account_key(folder: Path) -> None:
    # RSA: the signature algorithm (RS256) that every verifier of Kubernetes tokens understands.
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    _write_private(folder / "service-account.key", key)
    (folder / "service-account.pub").write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )


def _write_private(path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.touch(mode=0o600)
    path.write_bytes(text)
