"""Draws bars, trends and area maps to SVG on the server, for pages and documents alike: few inks, gaps shown as gaps.

It knows points, areas and words of two languages, and nothing of where figures come from.
Left of it: nothing. Plain Python.
"""

from openmara.charts.drawing import (
    AreaValue,
    NotDrawable,
    Point,
    Svg,
    area_map,
    bars,
    finish,
    to_png,
    trend,
    width_of,
)

__all__ = ["AreaValue", "NotDrawable", "Point", "Svg", "area_map", "bars", "finish", "to_png", "trend", "width_of"]
