"""The room stands alone: it draws without Django and without any other room."""

import subprocess
import sys


def test_it_needs_neither_django_nor_another_room() -> None:
    code = (
        "import sys; from openmara.charts import Point, trend;"
        "trend([Point('Q1 2026', 3.0)], title='t', desc='d', lang='fr');"
        "print(sorted(n for n in sys.modules if n.startswith('django') or n.startswith('openmara.') and not n.startswith('openmara.charts')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
