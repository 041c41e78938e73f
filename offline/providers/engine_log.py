"""Messages of a provider to the person at the engine's terminal."""

from __future__ import annotations

import contextlib
import threading

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


class EngineLog:
    """Sends log lines to the engine; a line that cannot be sent is dropped, never an error of the resource."""

    def __init__(self, address: str | None) -> None:
        self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address)) if address else None
        self._last_status: dict[str, str] = {}
        self._lock = threading.Lock()

    def warning(self, urn: str, message: str) -> None:
        """A line that stays on the screen."""
        self._send(engine_pb2.WARNING, urn, message, ephemeral=False)

    def info(self, urn: str, message: str) -> None:
        """A line that stays on the screen."""
        self._send(engine_pb2.INFO, urn, message, ephemeral=False)

    def status(self, urn: str, message: str) -> None:
        """What the resource waits for, shown in its row until the next status; "" clears it."""
        with self._lock:
            if self._last_status.get(urn, "") == message:
                return
            self._last_status[urn] = message
        self._send(engine_pb2.INFO, urn, message, ephemeral=True)

    def _send(
        self, severity: engine_pb2.LogSeverity.ValueType, urn: str, message: str, *, ephemeral: bool
    ) -> None:
        if self._stub is None:
            return
        request = engine_pb2.LogRequest(severity=severity, urn=urn, message=message, ephemeral=ephemeral)
        with contextlib.suppress(grpc.RpcError):
            self._stub.Log(request, timeout=5)
