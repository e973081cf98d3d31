"""The executions by rule and engine of the state machine, printed at the end of a run of pytest."""

from collections import Counter
from collections.abc import Mapping

import pytest

PROPERTY = "executions"
LEAST = 50  # executions of each rule on each engine, in a run of the drills
WHOLE = 500  # sequences of such a run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts = collected(terminalreporter.config)
    if counts:
        terminalreporter.section("state machine")
        for line in (*table(counts), *(f"too few: {name}" for name in too_few(counts))):
            terminalreporter.line(line)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if too_few(collected(session.config)) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def collected(config: pytest.Config) -> dict[str, Counter[str]]:
    """What the tests of this run, in all its processes, have counted."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    found: dict[str, Counter[str]] = {}
    for report in [one for kind in ("passed", "failed") for one in (reporter.stats.get(kind, []) if reporter else [])]:
        for name, value in getattr(report, "user_properties", ()) if getattr(report, "when", "") == "call" else ():
            if name == PROPERTY:
                found.setdefault(value["engine"], Counter()).update(value["counts"])
    return found


def too_few(counts: Mapping[str, Counter[str]]) -> list[str]:
    """The rules that a whole run of the drills has not executed often enough."""
    if sum(found["sequences"] for found in counts.values()) < WHOLE:
        return []
    rules = {name for found in counts.values() for name in found}
    return sorted(
        f"{name.strip()} on {engine}"
        for engine, found in counts.items()
        for name in rules
        if found[name] < LEAST and (engine, name.strip()) not in ONE_ENGINE_ONLY
    )


ONE_ENGINE_ONLY = {("postgres", "full"), ("sqlite", "crash")}


def table(counts: Mapping[str, Counter[str]]) -> list[str]:
    """Executions by rule and engine, as lines of a table."""
    rules = sorted({name for found in counts.values() for name in found})
    lines = [f"{'executions':<24}" + "".join(f"{engine:>10}" for engine in counts)]
    return lines + [f"{name:<24}" + "".join(f"{found[name]:>10}" for found in counts.values()) for name in rules]
