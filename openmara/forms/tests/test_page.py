from openmara import forms


def fields(form, lang="en", values=None, errors=None):
    return {field.name: field for field in forms.page_fields(form, lang, values or {}, errors)}


def test_it_shows_what_was_refused_beside_what_was_typed(form, good):
    typed = good | {"guards": "four"}
    shown = fields(form, "fr", typed, forms.check(form, typed, "fr").errors)
    assert shown["guards"].value == "four"
    assert shown["guards"].error.startswith("Indiquez un nombre entier")
    assert shown["kind"].error == ""


def test_it_never_shows_a_calculation_or_a_group(form):
    assert "share" not in fields(form)
    assert "place" not in fields(form)


def test_it_prepares_each_kind_of_field_in_the_language_asked_for(form):
    shown = fields(form, "fr")
    assert {name: field.kind for name, field in shown.items()} == {
        "kind": "select",
        "area": "input",
        "seen_on": "date",
        "guards": "number",
        "women": "number",
        "hours": "number",
        "kinds_before": "checkboxes",
        "care": "note",
        "remarks": "textarea",
    }
    assert (shown["area"].id, shown["area"].label, shown["area"].hint) == (
        "q-area",
        "Zone",
        "Par exemple CR01",
    )
    assert (shown["area"].group, shown["seen_on"].group) == ("Lieu", "")
    assert (shown["guards"].minimum, shown["guards"].maximum, shown["hours"].step) == ("0", "50", "any")
    assert shown["kind"].required and not shown["women"].required
    assert (shown["kind"].always_required, shown["guards"].required, shown["guards"].always_required) == (
        True,
        True,
        False,
    )


def test_it_marks_what_was_chosen(form):
    shown = fields(form, values={"kind": "mobile", "kinds_before": ("fixed", "mobile")})
    assert [choice.code for choice in shown["kind"].choices if choice.selected] == ["mobile"]
    assert [choice.selected for choice in shown["kinds_before"].choices] == [True, True, False]
    assert shown["kinds_before"].choices[0].label == "Fixed"


def test_it_shows_unknown_as_a_tick_box_beside_the_number_and_zero_as_zero(form):
    assert fields(form, values={"guards": "unknown"})["guards"].unknown_selected
    assert fields(form, values={"guards": "unknown"})["guards"].value == ""
    assert fields(form, values={"guards_unknown": ["unknown"]})["guards"].unknown_selected
    assert fields(form, values={"guards": 0})["guards"].value == "0"
    assert not fields(form, values={"guards": 0})["guards"].unknown_selected
    assert fields(form)["women"].unknown_name == ""
    assert fields(form, values={"remarks": "unknown"})["remarks"].value == "unknown"
