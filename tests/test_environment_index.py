"""F1: the environment is made from the index that pip is configured for, by uv where uv can and else by pip."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.bootstraps import (
    copy_parts,
    fake_uv,
    fingerprint,
    installer_of,
    make_certificate,
    ready,
    serving,
    want_tiny_package,
)
from tests.fixtures.postgres import unavailable

BY_UV = [
    "Making .venv what requirements.lock says ...",
    "  installing 1 package with uv ...",
    "  installing this checkout ...",
    "  compiling ...",
]
NO_FILE = {"PIP_CONFIG_FILE": "/dev/null"}  # whatever this machine's pip is configured with, the test's own wins


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose lock names the tiny package, with nothing installed."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    copy_parts(folder)
    want_tiny_package(folder)
    return folder


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[[bool], Path]:
    """Make the certificate of an index."""
    if not shutil.which("openssl"):
        unavailable("openssl, which makes the certificate of the index, is not on this machine")
    return lambda authority: make_certificate(tmp_path / "index.pem", authority=authority)


def configured(tmp_path: Path, *lines: str) -> str:
    file = tmp_path / "pip.conf"
    file.write_text("\n".join(("[global]", *lines, "")))
    return str(file)


def test_uv_is_handed_the_index_that_only_pip_conf_names(checkout: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "index") as url:
        said = ready(checkout, PIP_CONFIG_FILE=configured(tmp_path, f"index-url = {url}"))

    assert (said.returncode, said.stderr.splitlines()) == (0, BY_UV)
    assert installer_of(checkout) == "uv"
    assert (checkout / ".venv" / ".dbtasks-environment").read_text() == fingerprint(checkout)


@pytest.mark.parametrize("form", ["index-url", "extra-index-url", "find-links"])
def test_uv_is_handed_what_the_variables_of_pip_name_and_places_that_are_gone_are_left_out(
    checkout: Path, tmp_path: Path, form: str
) -> None:
    gone = tmp_path / "gone"
    with serving(tmp_path / "index") as url:
        places = {
            "index-url": {"PIP_INDEX_URL": url, "PIP_FIND_LINKS": str(gone)},
            "extra-index-url": {"PIP_INDEX_URL": f"{url}/none", "PIP_EXTRA_INDEX_URL": f"{gone.as_uri()} {url}"},
            "find-links": {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": f"{gone} {url}/tiny-backend/"},
        }
        said = ready(checkout, **NO_FILE, **places[form])

    assert (said.returncode, said.stderr.splitlines()) == (0, BY_UV)
    assert installer_of(checkout) == "uv"


def test_what_uv_itself_is_told_wins(checkout: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "index") as url:
        said = ready(checkout, **NO_FILE, PIP_INDEX_URL="http://127.0.0.1:1/simple", UV_DEFAULT_INDEX=url)

    assert (said.returncode, said.stderr.splitlines()) == (0, BY_UV)


def test_uv_is_handed_the_certificate_that_pip_conf_names(
    checkout: Path, tmp_path: Path, certificate: Callable[[bool], Path]
) -> None:
    file = certificate(False)
    with serving(tmp_path / "index", file) as url:
        said = ready(checkout, PIP_CONFIG_FILE=configured(tmp_path, f"index-url = {url}", f"cert = {file}"))

    assert (said.returncode, said.stderr.splitlines()) == (0, BY_UV)
    assert installer_of(checkout) == "uv"


def test_where_uv_refuses_a_certificate_that_pip_trusts_pip_installs_and_uv_s_reason_is_told(
    checkout: Path, tmp_path: Path, certificate: Callable[[bool], Path]
) -> None:
    file = certificate(True)
    with serving(tmp_path / "index", file) as url:
        said = ready(checkout, PIP_CONFIG_FILE=configured(tmp_path, f"index-url = {url}", f"cert = {file}"))

    assert said.returncode == 0, said.stderr
    started, with_uv, failed, *others = said.stderr.splitlines()
    assert [started, with_uv] == BY_UV[:2]
    assert re.fullmatch(r"uv failed \(.*certificate.*\), so pip is used instead\.", failed)
    assert others == ["  installing 1 package with pip ...", *BY_UV[2:]]
    assert installer_of(checkout) == "pip"


def test_the_fallback_keeps_the_hashes_of_the_lock(checkout: Path, tmp_path: Path) -> None:
    shutil.rmtree(checkout / "scripts" / "dbtasks")
    shutil.rmtree(checkout / "backend")
    want_tiny_package(checkout, digest="0" * 64)
    fake_uv(checkout)
    with serving(tmp_path / "index") as url:
        said = ready(checkout, **NO_FILE, PIP_INDEX_URL=url)

    assert (said.returncode, "DO NOT MATCH THE HASHES" in said.stderr) == (1, True)


def test_a_password_of_an_index_is_not_shown(checkout: Path) -> None:
    fake_uv(checkout, 'echo "error: $UV_DEFAULT_INDEX" >&2; exit 2')
    said = ready(checkout, **NO_FILE, PIP_INDEX_URL="http://someone:secret@127.0.0.1:1/simple", PIP_RETRIES="0")

    assert (said.returncode, "secret" in said.stderr) == (1, False)
    assert "uv failed (error: http://****@127.0.0.1:1/simple)" in said.stderr
