"""Defects that the product had, as patches: the state machine has to find each of them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.projects import ROOT

MUTANTS = sorted((Path(__file__).parent / "mutants").glob("*.patch"))
KEPT = ("lost, with no way back", "a state that has to be kept is gone")
RULES: dict[str, tuple[str, ...]] = {  # a mutant -> the rules that it breaks, as the machine words them
    "copy_without_locks": (
        *KEPT,
        "acknowledged rows are nowhere",
        "neither old nor new",
        "it has to work on",
        ".+ is corrupt: ",
    ),
    "downgrade_keeps_nothing": KEPT,
    "emptiness_by_tables": KEPT,
    "order_by_clock": (r".+ became .+, not .+",),
    "redo_after_a_change": ("neither old nor new",),
    "swap_keeps_nothing": KEPT,
}
SAMPLED = {"downgrade_keeps_nothing", "emptiness_by_tables"}  # the quickest to find
SEED: dict[str, str] = {}  # a mutant -> the seed whose sequences find it; 1 where none is named


def apply(patch: Path, tree: Path) -> None:
    """Put a defect into a copy of the product."""
    shutil.copytree(ROOT / "scripts", tree / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    command = ["git", "apply", "-p0", "--unidiff-zero", str(patch)]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{patch.name} has to be written anew: {done.stderr}"


def test_each_mutant_has_its_rules() -> None:
    assert set(RULES) == {patch.stem for patch in MUTANTS}


@pytest.mark.parametrize("patch", MUTANTS, ids=lambda patch: patch.stem)
def test_a_mutant_still_fits(patch: Path, tmp_path: Path) -> None:
    apply(patch, tmp_path)


def sampled(patch: Path) -> object:
    marks = () if patch.stem in SAMPLED else (pytest.mark.whole,)
    return pytest.param(patch, marks=marks, id=patch.stem)


@pytest.mark.drill
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("patch", [sampled(patch) for patch in MUTANTS])
def test_the_state_machine_finds(patch: Path, tmp_path: Path) -> None:
    apply(patch, tmp_path)
    seed = SEED.get(patch.stem, 1)
    command = ["-m", "tests.state_machine", "sqlite", f"--seed={seed}", "--sequences=60", "--steps=20"]

    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "STATE_MACHINE_TREE": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    failed = re.findall(r"^AssertionError: (.*)", done.stderr, re.MULTILINE)
    assert failed, f"not found: {patch.read_text()}\n{done.stdout}"
    assert re.match("|".join(RULES[patch.stem]), failed[-1]), f"found something else:\n{done.stderr}"
