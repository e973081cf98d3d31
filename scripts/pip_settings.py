"""What pip is configured with, as variables of uv, which reads no pip.conf, no PIP_* and no system certificates.

Standard library only, as scripts/environment.py.
"""

import ast
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

SECTIONS = ("global", "install", ":env:")  # a later one wins, as in pip
PLACES = {"extra-index-url": ("UV_INDEX", " "), "find-links": ("UV_FIND_LINKS", ",")}
VALUES = {
    "index-url": "UV_DEFAULT_INDEX",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
}
ALWAYS = {
    "UV_SYSTEM_CERTS": "1",
    "UV_INDEX_STRATEGY": "unsafe-best-match",  # look in each index, as pip does; the hashes of the lock make it safe
}
OLD_NAMES = {"UV_DEFAULT_INDEX": "UV_INDEX_URL", "UV_INDEX": "UV_EXTRA_INDEX_URL"}


def for_uv(pip: Sequence[str] | None) -> dict[str, str]:
    """Variables that make uv look where pip would; what the caller's environment tells uv itself wins."""
    settings = _settings(pip) if pip else {}
    found = dict(ALWAYS)
    found |= {name: " ".join(settings[key].split()) for key, name in VALUES.items() if settings.get(key)}
    for key, (name, separator) in PLACES.items():
        there = [value for value in settings.get(key, "").split() if _is_there(value)]
        if there:
            found[name] = separator.join(there)
    return {name: value for name, value in found.items() if not _told(name)}


def _settings(pip: Sequence[str]) -> Mapping[str, str]:
    """What `pip config list` names, without the sections."""
    listed = subprocess.run((*pip, "config", "list"), capture_output=True, text=True, check=False).stdout
    found: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listed.splitlines():
        name, equals, value = line.partition("=")
        section, _, key = name.partition(".")
        if equals and section in found:
            found[section][key] = str(ast.literal_eval(value))
    return {key: value for section in SECTIONS for key, value in found[section].items()}


def _is_there(place: str) -> bool:
    """Folders that do not exist are left out: pip passes over them, and uv would fail."""
    parts = urlsplit(place)
    return parts.scheme not in {"", "file"} or Path(unquote(parts.path)).exists()


def _told(name: str) -> bool:
    """Does the environment tell uv this already? SSL_CERT_FILE and proxies are no word to uv: there pip's own win."""
    return name.startswith("UV_") and (name in os.environ or OLD_NAMES.get(name, name) in os.environ)
