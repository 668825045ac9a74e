"""Addresses of registers and of the inventory, inside a mission."""

from django.urls import path

from openmara.activities import views

urlpatterns = [
    path("registers/", views.register_list, name="registers"),
    path("registers/<slug:register>/", views.register, name="register"),
    path("registers/<slug:register>/new/", views.register_new, name="register-new"),
    path("registers/<slug:register>/template.xlsx", views.register_template, name="register-template"),
    path("registers/<slug:register>/xlsform.xlsx", views.register_xlsform, name="register-xlsform"),
    path("registers/<slug:register>/xform.xml", views.register_xform, name="register-xform"),
    path("registers/<slug:register>/<uuid:entry_id>/", views.register_entry, name="register-entry"),
    path("inventory/", views.inventory, name="inventory"),
    path("inventory/<slug:activity_id>/", views.activity, name="activity"),
]
