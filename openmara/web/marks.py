"""Shapes of states: each has its own outline, so that a state is never told by colour alone."""

from django.utils.safestring import SafeString, mark_safe

_OUTLINES = {
    "ring": '<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "half": (
        '<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5"/>'
        '<path d="M6 1.75a4.25 4.25 0 0 1 0 8.5z" fill="currentColor"/>'
    ),
    "disc": '<circle cx="6" cy="6" r="5" fill="currentColor"/>',
    "diamond": '<path d="M6 1.2 10.8 6 6 10.8 1.2 6z" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "arrow": '<path d="M1.5 6h8M6.5 2.5 10 6 6.5 9.5" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "cross": '<path d="m2.2 2.2 7.6 7.6m0-7.6-7.6 7.6" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "pair": (
        '<path d="M1.5 1.5h6v6h-6z" fill="none" stroke="currentColor" stroke-width="1.5"/>'
        '<path d="M4.5 4.5h6v6h-6z" fill="currentColor"/>'
    ),
    "square": '<path d="M2 2h8v8H2z" fill="currentColor"/>',
}
_SHAPES = {
    "received": "ring",
    "under_verification": "half",
    "reported_not_verified": "diamond",
    "verified": "disc",
    "out_of_scope": "arrow",
    "did_not_occur": "cross",
    "duplicate": "pair",
    "alleged": "half",
    "unknown": "ring",
    "waiting": "ring",
    "running": "half",
    "done": "disc",
    "failed": "cross",
    "draft": "diamond",
    "cleared": "square",
}


def shape(code: str) -> SafeString:
    """The mark of a state; a square for one that has none of its own yet."""
    outline = _OUTLINES[_SHAPES.get(code, "square")]
    # Only constants of this file: nothing of a record reaches the markup.
    return mark_safe(f'<svg class="shape" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">{outline}</svg>')
