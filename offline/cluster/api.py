"""A small HTTPS client for the API server: importing the official one takes longer than most of our calls."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server said."""

    status: int
    """HTTP status code."""
    body: bytes
    """Body as sent."""

    @property
    def json(self) -> Any:
        """The decoded body; raises ValueError if it is not JSON."""
        return json.loads(self.body)

    @property
    def message(self) -> str:
        """The server's own explanation, for an error message."""
        try:
            decoded = self.json
        except ValueError:
            return self.body.decode("utf-8", "replace").strip()[:500]
        return str(decoded.get("message", decoded)) if isinstance(decoded, dict) else str(decoded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """An HTTPS server on loopback, and how to identify to it."""

    port: int
    """Port on 127.0.0.1."""
    tls: ssl.SSLContext
    """Trusted authority and client certificate."""

    @classmethod
    def at(cls, port: int, *, certificates: Path, client: str, authority: str = "ca") -> Server:
        """The server on this port, called with a client certificate of the cluster's set."""
        tls = ssl.create_default_context(cafile=certificates / f"{authority}.crt")
        tls.load_cert_chain(certificates / f"{client}.crt", certificates / f"{client}.key")
        return cls(port=port, tls=tls)

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        content: str = "application/json",
        seconds: float = 30,
    ) -> Answer:
        """One request. Raises OSError or http.client.HTTPException if there is no answer within `seconds`."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=seconds, context=self.tls)
        try:
            connection.request(method, path, body, {"Content-Type": content, "Accept": "application/json"})
            answer = connection.getresponse()
            return Answer(status=answer.status, body=answer.read())
        finally:
            connection.close()

    def healthy(self, path: str) -> bool:
        """Whether the server answers 200 on a health endpoint within a second."""
        try:
            return self.request("GET", path, seconds=1).status == 200
        except (OSError, http.client.HTTPException):
            return False
