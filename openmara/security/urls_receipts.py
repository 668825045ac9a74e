"""Addresses of receipts, under /m/<mission>/receipts/."""

from django.urls import path

from openmara.security import views_receipts

urlpatterns = [
    path("<uuid:record>/", views_receipts.receipt, name="receipt"),
    path("<uuid:record>/file/", views_receipts.receipt_file, name="receipt-file"),
]
