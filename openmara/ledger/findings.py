"""What a check can find. Each has the exit code of `openmara-verify` and, where there is one, the first bad index."""

from openmara.errors import Conflict, NotAllowed, NotNow, Refusal


class Finding(Refusal):
    """Something an auditor must know. `index` is the first leaf that is wrong, or from which nothing is proved."""

    exit_code = 1

    def __init__(self, message: str, index: int | None = None) -> None:
        super().__init__(message if index is None else f"index {index}: {message}")
        self.index = index


class Inconsistent(Finding, Conflict):
    """The log was changed, or does not fit what was signed before."""

    code = "inconsistent"
    exit_code = 1


class Incomplete(Finding, NotNow):
    """Something is missing that an honest log would have: a file, a heartbeat, an entry not yet in the tree."""

    code = "incomplete"
    exit_code = 2


class PolicyUnmet(Finding, NotAllowed):
    """Not signed by whom the policy asks for."""

    code = "policy"
    exit_code = 3
