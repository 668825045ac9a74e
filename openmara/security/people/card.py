"""A link as a square that a telephone reads, drawn as a path: no image is fetched and no style is needed."""

import qrcode  # type: ignore[import-untyped]  # ships no types
from qrcode.constants import ERROR_CORRECT_M  # type: ignore[import-untyped]  # as above


def square(text: str) -> dict[str, object]:
    """Side in modules, quiet zone included, and the path of the dark ones."""
    drawn = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    drawn.add_data(text)
    rows = drawn.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"side": len(rows), "path": path}
