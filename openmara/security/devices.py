"""The name of a device as its owner would say it: browser and system, no version and nothing that tells devices apart."""

from django.utils.translation import gettext as _

BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))


def name(user_agent: str) -> str:
    browser = next((title for mark, title in BROWSERS if mark in user_agent), "")
    system = next((title for mark, title in SYSTEMS if mark in user_agent), "")
    if not browser or not system:
        return browser or system or _("Unknown device")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
