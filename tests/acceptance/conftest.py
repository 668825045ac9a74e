"""Journeys share the browser's fixtures."""

from tests.acceptance.browser import browser_page, chromium, live, spoken, without_script

__all__ = ["browser_page", "chromium", "live", "spoken", "without_script"]
