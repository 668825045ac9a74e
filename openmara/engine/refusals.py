"""What the engine refuses; messages name steps and parameters, never values of a row."""


class EngineRefusal(Exception):
    """The steps cannot be run as they are."""


class UnknownStep(EngineRefusal):
    """No step or frame has that name."""


class UnknownEngine(EngineRefusal):
    """The steps cannot run on an engine of that name."""


class NotSelect(EngineRefusal):
    """A step must be exactly one SELECT that only reads."""


class BadSteps(EngineRefusal):
    """The text cannot be read as named steps."""


class MissingParameter(EngineRefusal):
    """A step names a parameter that was not given."""


class BadFrame(EngineRefusal):
    """A frame has a name or a form that cannot be used."""


class OutsideAccess(EngineRefusal):
    """A step tried to read something that is not a frame."""


class StepFailed(EngineRefusal):
    """The database could not run a step."""
