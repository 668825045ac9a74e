"""Journeys share the browser's fixtures."""

from tests.acceptance.browser import browser_page, chromium, live, without_script
from tests.pages import french, plain_static

__all__ = ["browser_page", "chromium", "french", "live", "plain_static", "without_script"]
