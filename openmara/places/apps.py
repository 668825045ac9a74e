from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "openmara.places"

    def ready(self) -> None:
        """Rights may be limited to areas; `security` stands to the left and cannot ask this room by itself."""
        from openmara.places.queries import first_level
        from openmara.security.people.areas import offered_by

        offered_by(first_level)
