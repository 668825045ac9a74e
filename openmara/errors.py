"""The five refusals. Every refusal of every room is one of these; one table in config turns them into a status."""


class Refusal(Exception):
    """Something was refused. `str()` is safe to show: it says why and what to do, never record content."""

    code = "refused"


class NotFound(Refusal):
    code = "not_found"


class NotAllowed(Refusal):
    code = "not_allowed"


class NotNow(Refusal):
    """The state of the record does not permit it."""

    code = "not_now"


class ProveAgain(NotNow):
    """What is asked needs a proof of who asks, not older than five minutes."""

    code = "prove_again"


class NotValid(Refusal):
    """Input was not accepted. `problems` maps a field to what is wrong with it."""

    code = "not_valid"

    def __init__(self, message: str = "", problems: dict[str, str] | None = None) -> None:
        super().__init__(message or "; ".join((problems or {}).values()))
        self.problems = problems or {}


class Conflict(Refusal):
    """Somebody else changed it first, or the same key came with other content."""

    code = "conflict"
