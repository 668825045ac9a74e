"""What tracked files may not hold: registry addresses, unpinned packages, too many dependencies, untranslated strings."""

import re
import subprocess
import tomllib

from openmara import ROOT, vocabulary
from openmara.config import translations
from openmara.vocabulary import checking


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\n")
    return [name for name in listed if name and (ROOT / name).is_file()]


def test_requirements_are_pinned_with_hashes_and_name_no_registry() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt"):
        text = (ROOT / name).read_text()
        assert not re.search(r"https?://|--(extra-)?index", text), name
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert "==" in block and "--hash=sha256:" in block, block.splitlines()[0]


def test_direct_dependencies_are_few_and_each_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    parsed = tomllib.loads(text)
    running, developing = parsed["project"]["dependencies"], parsed["dependency-groups"]["dev"]
    assert len(running) <= 28 and len(developing) <= 9
    for requirement in running + developing:
        line = next(line for line in text.splitlines() if f'"{requirement}"' in line)
        assert "#" in line, requirement


def test_no_tracked_file_names_a_registry() -> None:
    pattern = re.compile(r'"resolved": *"http|--(extra-)?index-url|https?://[^" ]+/(simple|packages)/')
    for name in tracked():
        if name.endswith((".md", ".png", ".xlsx", ".docx", ".pdf", ".zip", ".gz", "test_files.py")):
            continue
        assert not pattern.search((ROOT / name).read_text(errors="ignore")), name


def test_the_french_interface_is_complete() -> None:
    assert translations.missing() == []


def test_the_code_lists_are_complete() -> None:
    assert len(vocabulary.names()) > 40
    assert checking.check() == []


def test_french_marks_have_their_spaces_kept_together() -> None:
    import polib

    loose = re.compile(r" [:;?!»]|« ")
    for path in sorted((ROOT / "openmara").glob("*/locale/fr/LC_MESSAGES/django.po")):
        for entry in polib.pofile(str(path)):
            for text in (entry.msgstr, *entry.msgstr_plural.values()):
                assert not loose.search(text), (path.parts[-5], text)
