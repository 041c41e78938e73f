"""`python -m offline.providers.random [engine address]`: serve the provider, print its port."""

from offline.providers.random.servicer import RandomProvider
from offline.providers.server import serve

if __name__ == "__main__":
    serve(lambda _engine_address: RandomProvider())
