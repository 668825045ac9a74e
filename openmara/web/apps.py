from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "openmara.web"
