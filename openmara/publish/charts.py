"""The drawings of reports: those of the room `charts`, which pages share."""

from openmara.charts import AreaValue, NotDrawable, Point, Svg, area_map, bars, finish, to_png, trend

__all__ = ["AreaValue", "NotDrawable", "Point", "Svg", "area_map", "bars", "finish", "to_png", "trend"]
