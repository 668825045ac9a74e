from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "openmara.config"
    label = "config"
