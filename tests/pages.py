"""Fixtures for tests that draw pages: catalogues compiled, style sheets named without an installation's manifest."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def french() -> None:
    """Catalogues compiled, and forgotten by Django if it read them earlier."""
    from django.utils.translation import trans_real

    from openmara.config import translations

    translations.compile_all()
    trans_real._translations.clear()


@pytest.fixture(autouse=True)
def plain_static(settings: object) -> None:
    """Static files straight from the rooms, as a developer's server has them."""
    settings.STORAGES = {  # type: ignore[attr-defined]
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True  # type: ignore[attr-defined]
