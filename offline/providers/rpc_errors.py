"""Errors of a provider in the form in which the engine reads them from a gRPC status."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, status_pb2

Request = TypeVar("Request")
Response = TypeVar("Response")


class ProviderError(Exception):
    """An operation failed; its text is what the person reads."""


class InitializationError(ProviderError):
    """The object exists but did not become ready: the engine keeps it in the state with these reasons."""

    def __init__(
        self,
        message: str,
        *,
        resource_id: str,
        properties: Struct,
        reasons: Sequence[str],
        inputs: Struct | None = None,
    ) -> None:
        super().__init__(message)
        self.resource_id = resource_id
        self.properties = properties
        self.reasons = list(reasons)
        self.inputs = inputs

    def detail(self) -> provider_pb2.ErrorResourceInitFailed:
        """The message that the engine looks for among the details of the status."""
        return provider_pb2.ErrorResourceInitFailed(
            id=self.resource_id, properties=self.properties, reasons=self.reasons, inputs=self.inputs
        )


def answering(
    method: Callable[[Any, Request], Response],
) -> Callable[[Any, Request, grpc.ServicerContext], Response]:
    """A servicer's method that reports what `method` raises as a status, never as a traceback."""

    def call(self: Any, request: Request, context: grpc.ServicerContext) -> Response:
        try:
            return method(self, request)
        except InitializationError as error:
            detail = AnyMessage()
            detail.Pack(error.detail())
            status = status_pb2.Status(
                code=grpc.StatusCode.UNKNOWN.value[0], message=str(error), details=[detail]
            )
            context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except NotImplementedError as error:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, str(error))
        except ProviderError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:
            context.abort(grpc.StatusCode.UNKNOWN, f"{type(error).__name__}: {error}")
        raise AssertionError("context.abort returned")

    return call
