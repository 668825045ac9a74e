"""What every answer tells the browser to refuse: other origins, frames, inline code, string-made scripts, caches (security model 3.g).

Written for pages drawn on the server: scripts are files of our own, so `script-src 'self'` stands where a nonce would.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
        "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types openmara",
    )
)  # fmt: skip
SWITCHED_OFF = (
    "accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "clipboard-read", "display-capture", "encrypted-media",
    "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi",
    "payment", "picture-in-picture", "screen-wake-lock", "serial", "storage-access", "usb", "web-share", "window-management", "xr-spatial-tracking",
)  # fmt: skip
PASSKEYS = "publickey-credentials-get=(self), publickey-credentials-create=(self)"
PERMISSIONS = ", ".join([*(f"{name}=()" for name in SWITCHED_OFF), PASSKEYS])
ALWAYS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: the browser would send `Origin: null` with our own forms, and they would be refused.
    "Referrer-Policy": "same-origin",
}


class Headers:
    """Outermost of all, so that style sheets, refusals and broken pages carry them too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response.headers[name] = value
        if not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
        if request.path == "/sign-out/" and request.method == "POST":
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
