"""T1: what seeds read is seen in every Python that they start, and Python starts there as it always does."""

import pytest

from tests.fixtures.shells import HIT, Shell, revision, seeds

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)  # programs know no engine

CHILD = 'import pathlib, os; print(pathlib.Path("title.txt").read_text(), end="", flush=True); os._exit(0)'


def test_what_a_child_of_the_seeds_reads_counts_even_where_it_ends_without_a_word(shell: Shell) -> None:
    shell.write("title.txt", "Emma")
    seeds(
        shell,
        f"import subprocess, sys\n    return subprocess.check_output([sys.executable, '-c', {CHILD!r}], text=True)",
    )
    shell.reset()
    again = shell.reset()
    shell.write("title.txt", "Persuasion")
    shell.reset()

    assert HIT in again
    assert shell.titles()[-1] == "Persuasion"


def test_a_child_that_does_not_tell_keeps_the_state_from_being_kept(shell: Shell) -> None:
    seeds(shell, "import subprocess, sys\n    return str(subprocess.call([sys.executable, '-I', '-c', '']))")

    assert "cannot be seen" in shell.reset()


def test_the_environments_own_sitecustomize_runs_and_counts(shell: Shell) -> None:
    shell.variables["PYTHONPATH"] = str(shell.project.root / "site")
    shell.write("site/other.py", "")
    seeds(shell, 'import builtins\n    return getattr(builtins, "TITLE", "none")')
    shell.reset()
    without = shell.titles()[-1]
    shell.write("site/sitecustomize.py", 'import builtins\nbuiltins.TITLE = "Emma"\n')
    shell.reset()
    new = shell.titles()[-1]
    shell.write("site/sitecustomize.py", 'import builtins\nbuiltins.TITLE = "Persuasion"\n')
    shell.reset()

    assert (without, new, shell.titles()[-1]) == ("none", "Emma", "Persuasion")


def test_a_state_is_kept_for_the_files_as_they_were_read_and_not_as_they_were_left(shell: Shell) -> None:
    shell.write("title.txt", "Emma")
    revision(shell, 'return (ROOT / "title.txt").read_text()')
    seeds(shell, '(ROOT / "title.txt").write_text("Persuasion")\n    return (ROOT / "title.txt").open().read()')
    shell.reset()
    shell.reset()

    assert shell.titles()[-2:] == ["Persuasion", "Persuasion"]
