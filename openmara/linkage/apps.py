from django.apps import AppConfig


class LinkageConfig(AppConfig):
    name = "openmara.linkage"
