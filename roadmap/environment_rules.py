"""What an environment demands of a stack's config: how strict it is with images and certificates."""

from roadmap.refusal import Refusal, paste
from roadmap.stack_config import StackConfig
from roadmap.topology import Environment

RELAXED = frozenset({Environment.EMBEDDED, Environment.DEV})
"""Environments in which a tag pins an image well enough and plain HTTP is accepted."""


def check_environment(config: StackConfig) -> None:
    """Raise Refusal where a setting does not fit the stack's environment."""
    embedded = config.environment is Environment.EMBEDDED
    if config.cluster.embedded != embedded:
        raise Refusal(
            f"the environment is `{config.environment}`, and the embedded cluster goes with `embedded` only",
            file=config.file,
            key="service-extraction:cluster.embedded",
            value=config.cluster.embedded,
            fix=f"write:{paste('cluster.embedded', embedded)}",
        )
    if config.as_of is not None and not embedded:
        raise Refusal(
            "only embedded stacks pin the day they are judged on; on others old evidence must stay old",
            file=config.file,
            key="service-extraction:as_of",
            value=config.as_of,
            fix="remove it",
        )
    if config.environment in RELAXED:
        return
    if config.public.tls_secret is None:
        raise Refusal(
            f"is missing; in `{config.environment}` the public host is served over TLS only",
            file=config.file,
            key="service-extraction:public.tls_secret",
            fix=f"name the Secret in the edge namespace that holds the certificate:"
            f"{paste('public.tls_secret', 'pmt-certificate')}",
        )
    for name, image in config.images.items():
        if "@sha256:" not in image:
            raise Refusal(
                f"a tag can be moved; in `{config.environment}` an image is pinned by digest",
                file=config.file,
                key=f"service-extraction:images.{name}",
                value=image,
                fix=f"append the digest that `docker buildx imagetools inspect` prints:"
                f"{paste(f'images.{name}', image.split('@')[0] + '@sha256:...')}",
            )
