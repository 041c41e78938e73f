"""`python -m offline policies`: the arguments that put plain `pulumi up` and `pulumi preview` under the packs."""

from __future__ import annotations

import shlex

from offline.commands import settings
from offline.commands.stack.policies import policy_arguments
from offline.commands.stack.program import load


def run(_arguments: list[str]) -> int:
    """Print them for a shell: `pulumi preview --stack year3 $(STACK=year3 python -m offline policies)`."""
    print(shlex.join(policy_arguments(load(settings.program_folder(), settings.stack_name()))))
    return 0
