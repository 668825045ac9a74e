"""The receipt's page, and the receipt as a file."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from openmara.errors import NotNow
from openmara.security import receipts


@require_safe
def receipt(request: HttpRequest, mission_code: str, record: uuid.UUID) -> HttpResponse:
    found = receipts.receipt(record, for_user=request.user)  # type: ignore[arg-type]  # signed in: the middleware saw to it
    return render(request, "receipts/receipt.html", {"receipt": found, "sha256": found.content_sha256.hex()})


@require_safe
def receipt_file(request: HttpRequest, mission_code: str, record: uuid.UUID) -> HttpResponse:
    found = receipts.receipt(record, for_user=request.user)  # type: ignore[arg-type]  # as above
    if not found.text:
        raise NotNow(_("The receipt is not ready yet: the log is signed about once a minute."))
    answer = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.record}.tlog-proof"'
    return answer
