"""Certificates made on the spot by openssl: an authority and what it signs."""

import hashlib
import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Authority:
    """A private certificate authority in a folder of its own."""

    folder: Path

    @classmethod
    def make(cls, folder):
        if not shutil.which("openssl"):
            pytest.skip("openssl is missing: scripts/test --install brings it")
        folder.mkdir(parents=True, exist_ok=True)
        _openssl(
            folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-days", "30", "-subj", "/CN=Test CA",
        )  # fmt: skip
        return cls(folder)

    @property
    def pem(self):
        return (self.folder / "ca.crt").read_bytes()

    @property
    def sha256(self):
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.pem.decode())).hexdigest()

    def context(self, name, *dates):
        """A server's TLS context for `name`; `dates` are openssl's, e.g. -not_before."""
        _openssl(
            self.folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=leaf",
        )  # fmt: skip
        (self.folder / "leaf.ext").write_text(f"subjectAltName=DNS:{name}\n")
        (self.folder / "ca.conf").write_text(_CA)
        (self.folder / "index.txt").write_text("")
        (self.folder / "certs").mkdir(exist_ok=True)
        _openssl(
            self.folder, "ca", "-batch", "-config", "ca.conf", "-in", "leaf.csr", "-out",
            "leaf.crt", "-extfile", "leaf.ext", "-rand_serial", *(dates or ("-days", "7")),
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "leaf.crt", self.folder / "leaf.key")
        return context


_CA = """[ca]
default_ca=test
[test]
database=index.txt
serial=serial
new_certs_dir=certs
certificate=ca.crt
private_key=ca.key
default_md=sha256
policy=any
unique_subject=no
[any]
commonName=supplied
"""


def _openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=30)
