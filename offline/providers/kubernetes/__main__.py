"""`python -m offline.providers.kubernetes [engine address]`: serve the provider, print its port."""

from offline.providers.kubernetes.servicer import KubernetesProvider
from offline.providers.server import serve

if __name__ == "__main__":
    serve(KubernetesProvider)
