from openmara import ROOT
from openmara.security.reference import roles_page


def test_the_page_of_roles_is_the_policy_of_today() -> None:
    assert (ROOT / "docs" / "reference" / "roles.md").read_text() == roles_page(), "run `make docs`"
