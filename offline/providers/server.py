"""The start of a provider process: serve on loopback, tell the engine the port, stop with the engine."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

# Each awaited resource holds a thread, and the engine works on many at once.
WORKERS: Final = 128
MESSAGE_LIMIT_BYTES: Final = 400 * 1024 * 1024
PARENT_CHECK_SECONDS: Final = 1.0


def serve(make_servicer: Callable[[str | None], provider_pb2_grpc.ResourceProviderServicer]) -> None:
    """Serves the provider until the engine ends; `make_servicer` gets the engine's address, if any."""
    # Asked before the port is told: an engine that ends right after that has to be missed as well.
    engine = os.getppid()
    engine_address = next((argument for argument in sys.argv[1:] if not argument.startswith("-")), None)
    options = [
        ("grpc.max_receive_message_length", MESSAGE_LIMIT_BYTES),
        ("grpc.max_send_message_length", MESSAGE_LIMIT_BYTES),
        ("grpc.so_reuseport", 0),
    ]
    server = grpc.server(ThreadPoolExecutor(max_workers=WORKERS), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(make_servicer(engine_address), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # The engine reads this line, and nothing else, from standard output.
    print(port, flush=True)
    # The engine interrupts its providers when it is done; Ctrl-C does not reach them, they get Cancel instead.
    # Threads that still wait for an object must not keep the process of a finished engine alive.
    for interrupt in (signal.SIGINT, signal.SIGTERM):
        signal.signal(interrupt, lambda *_: os._exit(0))
    threading.Thread(target=_end_with_parent, args=(engine,), daemon=True).start()
    server.wait_for_termination()


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        threading.Event().wait(PARENT_CHECK_SECONDS)
    os._exit(0)
