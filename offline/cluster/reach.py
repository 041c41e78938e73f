"""Whether an API server answers, for any kubeconfig and context: one clear error before anything is begun."""

from __future__ import annotations

import ssl
import tempfile
import urllib.parse
import urllib.request
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from offline.cluster.contexts import Context, contexts, find, fix_for
from offline.cluster.errors import ClusterError

__all__ = ["ClusterError", "Reached", "contexts", "reach"]

SECONDS = 5.0
"""How long an API server may take to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """An API server that is ready."""

    kubeconfig: Path
    """The file it was named in."""
    context: str
    """The context it was named by."""
    server: str
    """Its URL."""
    version: str
    """Its version, for example `v1.35.4`; `unknown` if it tells only those who log in with a program."""


def reach(kubeconfig: Path, context: str, *, seconds: float = SECONDS) -> Reached:
    """Ask the API server of this context whether it is ready, with the credentials that stand in the file.

    A user that logs in by a program (`exec`) is not logged in: whether the server is there and ready is all
    that is asked then. Raises ClusterError naming file, context, server and fix if the context does not
    exist, the server is down, is not who it should be, does not accept the credentials, or is not ready.
    """
    found = find(kubeconfig, context)
    try:
        with _pool(found, seconds) as pool, warnings.catch_warnings():
            # Whoever wrote `insecure-skip-tls-verify` into the file knows.
            warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
            headers = _headers(found)
            ready = pool.request("GET", f"{found.server}/readyz", headers=headers)
            version = pool.request("GET", f"{found.server}/version", headers=headers)
    except urllib3.exceptions.LocationParseError:
        raise _failed(found, "its server is not a URL", "correct `server` in the kubeconfig") from None
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise _unreachable(found, error) from None
    if ready.status == 401 and not _by_program(found):
        raise _failed(found, "the API server does not accept the user's credentials (401)", "log in anew")
    if ready.status not in (200, 401, 403):
        reason = ready.data.decode("utf-8", "replace").strip()[-500:]
        fix = fix_for(kubeconfig, "wait for it, or look at the control plane")
        raise _failed(found, f"the API server is not ready ({ready.status}): {reason}", fix)
    told: Any = version.json() if version.status == 200 else {}
    return Reached(
        kubeconfig=kubeconfig,
        context=context,
        server=found.server,
        version=str(told.get("gitVersion", "unknown")) if isinstance(told, dict) else "unknown",
    )


def _pool(found: Context, seconds: float) -> urllib3.PoolManager:
    options: dict[str, Any] = {
        "timeout": urllib3.Timeout(total=seconds),
        "retries": False,
        "ssl_context": _tls(found),
    }
    if found.cluster.get("tls-server-name"):
        options["server_hostname"] = options["assert_hostname"] = found.cluster["tls-server-name"]
    proxy = _proxy(found)
    return urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)


def _proxy(found: Context) -> str | None:
    """The proxy that kubectl would take: the cluster's own, else that of the environment, never one for loopback."""
    if found.cluster.get("proxy-url"):
        return str(found.cluster["proxy-url"])
    server = urllib.parse.urlsplit(found.server)
    host = server.hostname or ""
    if host == "localhost" or host.startswith("127.") or urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get(server.scheme)


def _tls(found: Context) -> ssl.SSLContext:
    authority = found.bytes_of(found.cluster, "certificate-authority")
    certificate = found.bytes_of(found.user, "client-certificate")
    key = found.bytes_of(found.user, "client-key")
    try:
        tls = ssl.create_default_context(cadata=authority.decode("ascii") if authority else None)
        if found.cluster.get("insecure-skip-tls-verify"):
            tls.check_hostname = False
            tls.verify_mode = ssl.CERT_NONE
        if certificate and key:
            # The library reads certificates from files only; this one is readable by its owner only, and gone
            # at once.
            with tempfile.NamedTemporaryFile() as pair:
                pair.write(certificate + b"\n" + key)
                pair.flush()
                tls.load_cert_chain(pair.name)
    except (ssl.SSLError, UnicodeDecodeError) as error:
        raise _failed(
            found, f"a certificate in it cannot be used ({error})", "write the kubeconfig anew"
        ) from None
    return tls


def _headers(found: Context) -> dict[str, str]:
    token = (
        found.user.get("token")
        or (found.bytes_of(found.user, "tokenFile") or b"").decode("ascii", "replace").strip()
    )
    return {"Authorization": f"Bearer {token}"} if token else {}


def _by_program(found: Context) -> bool:
    return bool(found.user.get("exec") or found.user.get("auth-provider"))


def _unreachable(found: Context, error: Exception) -> ClusterError:
    if isinstance(error, urllib3.exceptions.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return _failed(
            found,
            f"the server is not the one the kubeconfig trusts ({error})",
            fix_for(found.kubeconfig, "get the kubeconfig anew: the cluster has other certificates by now"),
        )
    what = f"the API server cannot be reached ({_cause(error)})"
    return _failed(
        found, what, fix_for(found.kubeconfig, "start the cluster, or name another context in the stack file")
    )


def _cause(error: Exception) -> str:
    inner: BaseException = error
    while inner.__cause__ or inner.__context__:
        inner = inner.__cause__ or inner.__context__ or inner
    return getattr(inner, "strerror", None) or str(inner)


def _failed(found: Context, what: str, fix: str) -> ClusterError:
    return ClusterError(f"{found.kubeconfig}: context `{found.name}` ({found.server}): {what}.\n  fix: {fix}")
