"""The recount against a script small enough to count by hand, and its independence of the product."""

import ast
import csv
import importlib.util
import json
import sys
from pathlib import Path

import pytest

PATH = Path(__file__).resolve().parents[3] / "tests" / "acceptance" / "recount.py"
spec = importlib.util.spec_from_file_location("carana_recount", PATH)
recounting = importlib.util.module_from_spec(spec)
sys.modules["carana_recount"] = recounting
spec.loader.exec_module(recounting)


def report(reference, date_to, reported, **coding):
    basis = {"date_from": date_to, "date_to": date_to, "date_precision": "day", "date_reported": reported}
    basis |= {"adm1": "CR08", "forms": ["rape"], "women": 1, "alleged_parties": ["ICSC"]}
    return {"organisation": "X", "their_reference": reference, "coding": basis | coding}


def act(at, name, incident, **facts):
    return {"at": f"{at}T08:00:00Z", "by": "hr.1", "act": name, "incident": incident, **facts}


def opened(at, incident, reference):
    return act(at, "open", incident, report=["X", reference], truth=incident)


def verified(at, incident, on=None):
    return act(at, "verify", incident, verified_on=on or at)


REPORTS = [
    report("A", "2025-03-31", "2025-03-31"),  # last day of the first quarter
    report("B", "2025-04-01", "2025-04-05", girls=2),  # first day of the second
    report(
        "C", "2025-04-02", "2025-04-09", date_from="2025-03-20", date_precision="range"
    ),  # counts by its end
    report(
        "D",
        "2025-05-10",
        "2025-05-30",
        forms=["sexual_assault", "gang_rape"],
        adm1="CR01",
        alleged_parties=["CDF"],
    ),
    report("D2", "2025-05-10", "2025-05-14", date_precision="week"),
    report("E", "2025-05-11", "2025-05-12", unknown=3),
    report("F", "2025-06-20", "2025-06-21"),
    report("G", "2025-02-01", "2025-02-03"),
    report("H", "2025-05-10", "2025-05-31"),  # the event of D, opened twice
]
SCRIPT = [
    opened("2025-02-04", "G", "G"),
    opened("2025-03-31", "A", "A"),
    verified("2025-04-02", "A"),  # one day after its quarter: late
    opened("2025-04-10", "B", "B"),
    opened("2025-04-10", "C", "C"),
    verified("2025-04-20", "B"),
    verified("2025-04-20", "C"),
    opened("2025-05-31", "D", "D"),
    act("2025-05-31", "link", "D", report=["X", "D2"]),
    opened("2025-06-01", "H", "H"),
    opened("2025-06-01", "E", "E"),
    act("2025-06-02", "start", "E"),
    opened("2025-06-22", "F", "F"),
    act("2025-06-23", "not_verified", "F", reason="-"),
    act("2025-06-24", "code", "D", changes={"women": 4, "men": 1}),
    verified("2025-06-30", "D"),
    act("2025-07-02", "duplicate", "H", of="D"),
    verified("2025-07-03", "E"),
]


@pytest.fixture
def folder(tmp_path):
    def write(reports=REPORTS, script=SCRIPT):
        for name, lines in (("reports", reports), ("judgements", script)):
            path = tmp_path / "truth" / f"{name}.jsonl"
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        (tmp_path / "registers").mkdir(exist_ok=True)
        _registers(tmp_path / "registers")
        return tmp_path

    return write


def _registers(folder):
    patrols = [
        "2025-04-01,military,day,CR01,2,yes,no,no",  # two of four
        "2025-06-30,unpol,night,CR08,0,yes,no,yes",  # two of four
        "2025-05-05,military,day,CR08,3,no,unknown,no",  # one
        "2025-05-06,military,day,CR08,unknown,yes,,no",  # one is known
        "2025-07-01,military,day,CR08,1,yes,yes,yes",  # next quarter
    ]
    head = (
        "start_date,force,day_night,adm1,women_in_team,women_consulted,route_on_gendered_risk,gender_briefed"
    )
    (folder / "patrol.csv").write_text("\n".join([head, *patrols]) + "\n")
    training = [
        "session,police,2025-04-04,3,7,,",
        "session,police,2025-06-30,1,unknown,,",
        "session,police,2025-03-31,50,50,,",
        "strength,police,2025-05-01,,,30,90",
        "strength,police,2025-06-30,,,40,100",
    ]
    head = "entry_kind,component,entry_date,women_trained,men_trained,women_on_strength,men_on_strength"
    (folder / "training.csv").write_text("\n".join([head, *training]) + "\n")
    ranks = [f"{sex}_{rank}" for rank in ("senior", "officer", "other_rank") for sex in ("women", "men")]
    with (folder / "ssr_institution.csv").open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["institution", "quarter_end", *ranks])
        writer.writerow(["CDF", "2025-06-30", 1, 9, 4, 36, 15, 135])
        writer.writerow(["CDF", "2025-03-31", 100, 100, 100, 100, 100, 100])


def both(figures):
    return figures["incidents"], figures["victims"]


def test_it_imports_nothing_of_the_product():
    names = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(PATH.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_it_refuses_a_script_with_a_judgement_missing(folder):
    without_opening = [judgement for judgement in SCRIPT if judgement != opened("2025-05-31", "D", "D")]
    with pytest.raises(recounting.Unreadable, match="never opened"):
        recounting.recount(folder(script=without_opening), "2025Q2")


def test_it_refuses_a_script_out_of_order(folder):
    with pytest.raises(recounting.Unreadable, match="stands after"):
        recounting.recount(folder(script=[*SCRIPT[1:], SCRIPT[0]]), "2025Q2")


def test_it_refuses_an_act_it_does_not_know(folder):
    with pytest.raises(recounting.Unreadable, match="unknown act"):
        recounting.recount(folder(script=[*SCRIPT, act("2025-07-09", "guess", "D")]), "2025Q2")


def test_it_counts_the_second_quarter_as_counted_by_hand(folder):
    found = recounting.recount(folder(), "2025Q2")
    # B (1 woman, 2 girls), C (1 woman), D (4 women, 1 man); H repeats D and is no incident.
    assert both(found["occurred_and_verified"]) == (3, 9)
    people = found["occurred_and_verified"]["victims_by_person_category"]
    assert (people["women"], people["girls"], people["men"], people["unknown"]) == (6, 2, 1, 0)
    assert found["occurred_and_verified"]["by_adm1"] == {
        "CR01": {"incidents": 1, "victims": 5},
        "CR08": {"incidents": 2, "victims": 4},
    }
    forms = found["occurred_and_verified"]["by_principal_form"]
    assert forms == {"gang_rape": {"incidents": 1, "victims": 5}, "rape": {"incidents": 2, "victims": 4}}
    assert found["occurred_and_verified"]["by_party_category"]["armed_force"]["incidents"] == 1
    assert both(found["late_verified"]) == (1, 1)  # A, of 31 March
    assert both(found["under_verification"]) == (1, 4)  # E, verified only in July
    assert both(found["under_verification_older"]) == (1, 1)  # G, since February
    assert both(found["reported_not_verified"]) == (1, 1)  # F


def test_it_counts_the_quarters_around_it_by_their_own_days(folder):
    first, third = (recounting.recount(folder(), key) for key in ("2025Q1", "2025Q3"))
    assert both(first["occurred_and_verified"]) == (0, 0)
    assert both(first["under_verification"]) == (2, 2)  # A and G
    assert both(third["late_verified"]) == (1, 4)  # E
    assert both(third["occurred_and_verified"]) == (0, 0)


def test_the_indicators_are_as_counted_by_hand(folder):
    found = recounting.recount(folder(), "2025Q2")
    # First reported in the quarter: B 4 days, D 4 (by its second report), E 1, F 1; C is a range.
    assert found["IND-PROT-08"] == {"median_days": 2.5, "incidents": 4, "excluded": 1}
    assert found["IND-PROT-09"] == {"numerator": 3, "denominator": 5, "percent": 60.0}
    assert found["IND-PROT-10"] == {"numerator": 4, "denominator": 4, "percent": 100.0}
    prevention = found["IND-PREV-01"]
    assert (prevention["numerator"], prevention["denominator"], prevention["percent"]) == (2, 4, 50.0)
    police = found["IND-TRN-01"]["police"]
    assert (police["women"]["numerator"], police["women"]["denominator"]) == (4, 40)
    assert (police["men"]["numerator"], police["men"]["denominator"]) == (7, 100)
    assert found["IND-TRN-01"]["civilian"]["women"]["percent"] is None
    assert found["IND-SSR-01"]["CDF"] == {"numerator": 20, "denominator": 200, "percent": 10.0}


def test_the_sixtieth_day_is_in_time_and_the_sixty_first_is_not(folder):
    for on, numerator in (("2025-04-04", 1), ("2025-04-05", 0)):
        found = recounting.recount(folder(script=[SCRIPT[0], verified(on, "G")]), "2025Q2")
        assert found["IND-PROT-10"]["numerator"] == numerator


def test_what_was_judged_after_the_cutoff_is_not_known(folder):
    found = recounting.recount(folder(), "2025Q2", cutoff="2025-06-30T23:59:59Z")
    assert both(found["occurred_and_verified"]) == (3, 9)
    assert both(found["under_verification"]) == (2, 5)  # E, and H not yet known as a duplicate


def test_a_retracted_verification_is_as_if_never_made(folder):
    found = recounting.recount(
        folder(script=[*SCRIPT, act("2025-07-09", "retract", "D", reason="-")]), "2025Q2"
    )
    assert both(found["occurred_and_verified"]) == (2, 4)
    assert both(found["under_verification"]) == (2, 9)


def test_a_figure_changes_when_a_judgement_is_removed(folder):
    whole = recounting.recount(folder(), "2025Q2")
    for missing in (
        i
        for i, judgement in enumerate(SCRIPT)
        if judgement["act"] in ("verify", "code", "not_verified", "duplicate")
    ):
        if SCRIPT[missing]["incident"] != "E":  # E is verified after the quarter
            assert (
                recounting.recount(folder(script=SCRIPT[:missing] + SCRIPT[missing + 1 :]), "2025Q2") != whole
            )


def test_the_command_prints_one_quarter_of_the_demo(demo, capsys):
    assert recounting.main([str(demo[0]), "2026Q3"]) == 0
    found = json.loads(capsys.readouterr().out)
    verified_figures = found["occurred_and_verified"]
    assert verified_figures["incidents"] > 80
    cells = [
        c["incidents"]
        for row in verified_figures["by_adm1_and_principal_form"].values()
        for c in row.values()
    ]
    assert sum(cells) == verified_figures["incidents"]
    assert sum(1 for cell in cells if cell < 5) > 20  # small numbers occur by themselves
    assert recounting.main(["one"]) == 2
