"""The `.env` file: made from its example, one key changed at a time, everything else left as it was.

Reading is python-dotenv's. Its `set_key` rewrites the line without its quoting style and comment, so
the line is edited here, and read back through python-dotenv before it replaces the file.
"""

import os
import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from dbtasks.errors import ConfigError

_LINE = re.compile(
    r"""(?P<before>\s*(?:export[^\S\r\n]+)?(?:'[^']*'|[^=\s\#]+)[^\S\r\n]*=[^\S\r\n]*)
        (?P<value>'(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*" | [^\r\n]*?)
        (?P<after>(?:[^\S\r\n]+\#[^\r\n]*)?[^\S\r\n]*[\r\n]*)\Z""",
    re.VERBOSE | re.DOTALL,
)
_NO_TEXT = re.compile("[\udc80-\udcff]")  # a byte that is no UTF-8, as surrogateescape marks it
_DAMAGED = re.compile("[\0\udc80-\udcff]")
_PLAIN = re.compile(r"[\w./:@%+=?&,~*-]*", re.ASCII)


def read(path: Path, damages: list[str] | None = None) -> Mapping[str, str]:
    """The variables of a `.env` file, `${NAME}` filled in; none when there is no such file.

    Args:
        path: the file.
        damages: where given, what is wrong is added to it, and the variables that can be read are returned.

    Raises:
        ConfigError: the file cannot be read, or a line of it is no assignment.
    """
    text, wrong = "", None
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="surrogateescape")
        wrong = _damage(path, text)
    except FileNotFoundError:
        return {}
    except OSError as error:
        wrong = _unreadable(path, _reason(error))
    if wrong is not None:
        if damages is None:
            raise wrong
        damages.append(wrong.message)
    found = {k: v for k, v in dotenv_values(stream=StringIO(text)).items() if v is not None}
    return {k: v for k, v in found.items() if not _DAMAGED.search(k + v)}


def _damage(path: Path, text: str) -> ConfigError | None:
    if _NO_TEXT.search(text):
        return _unreadable(path, "it is not UTF-8 text")
    wrong = [str(b.original.line) for b in parse_stream(StringIO(text)) if b.error]
    if wrong:
        return ConfigError(
            f"{path} has lines that are no assignment: line {', '.join(wrong)}.",
            hint="Write each as NAME='value'; a comment starts with #",
        )
    if "\0" in text:  # no program's environment can hold one
        line = text[: text.index("\0")].count("\n") + 1
        return ConfigError(f"{path} holds a NUL character in line {line}.", hint=f"Take it out of {path}")
    return None


def _unreadable(path: Path, reason: str) -> ConfigError:
    return ConfigError(f"{path} cannot be read: {reason}.", hint=f"Check: ls -l {path}")


def ensure(path: Path, example: Path) -> bool:
    """Make `.env` from its example, readable by its owner only; False when it was there already.

    Raises:
        ConfigError: neither of the two files can be used.
    """
    if path.exists():
        return False
    try:
        content = example.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"There is no {path.name}, and its example {example} cannot be read: {_reason(error)}.",
            hint="Bring the example back (git checkout .env.example) or export DATABASE_URL",
        ) from error
    draft = _draft(path, content)
    try:
        os.link(draft, path)  # unlike a rename this never overwrites what another task has just made
    except FileExistsError:
        return False
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        draft.unlink(missing_ok=True)
    return True


def set_key(path: Path, key: str, value: str) -> bool:
    """Set one key in place, or append it; order, comments and quoting stay.

    Args:
        path: the `.env` file, made when missing.
        key: the variable's name.
        value: any text; None of it may read `${`, which python-dotenv would fill in and cannot escape.

    Returns:
        False when the key had that value already, and the file was left untouched.

    Raises:
        ConfigError: the file cannot be read or written, or the value cannot be kept in it.
    """
    before = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    if read(path).get(key) == value:
        return False
    after = edited(before, key, value)
    if dotenv_values(stream=StringIO(after)).get(key) != value:
        raise ConfigError(
            f"The value for {key} cannot be kept in {path.name}: python-dotenv would read it differently.",
            hint="In a URL, write special characters percent-encoded ($ is %24)",
        )
    replace(path, after.encode("utf-8"))
    return True


def edited(text: str, key: str, value: str) -> str:
    """The text of a `.env` file with one key set: its last assignment is changed, or one is appended."""
    bindings = list(parse_stream(StringIO(text, newline="")))
    places = [index for index, binding in enumerate(bindings) if binding.key == key]
    if not places:
        gap = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{gap}{key}={_quoted(value, '')}\n"
    parts = [binding.original.string for binding in bindings]
    parts[places[-1]] = _changed(bindings[places[-1]], key, value)
    return "".join(parts)


def replace(path: Path, content: bytes) -> None:
    """Put new content in place in one step, readable by nobody else: it may hold a password by now.

    Raises:
        ConfigError: the file cannot be written; the old one is whole.
    """
    mode = path.stat().st_mode & 0o700 if path.exists() else 0o600
    target = path.resolve()  # a .env that is a link stays a link
    draft = _draft(target, content)
    try:
        draft.chmod(mode)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def _changed(binding: Binding, key: str, value: str) -> str:
    line = binding.original.string
    parts = _LINE.match(line)
    if parts is None:  # `KEY` alone, without a value
        return f"{key}={_quoted(value, '')}\n"
    return parts["before"] + _quoted(value, parts["value"][:1]) + parts["after"]


def _quoted(value: str, style: str) -> str:
    """Write a value in the quoting style its line had, or in the plainest one that holds it."""
    if style == '"' and value.isprintable():
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if style != "'" and _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _draft(path: Path, content: bytes) -> Path:
    """Write the content to a file of its own beside the target, flushed to the disk."""
    draft = path.with_name(f"{path.name}.{os.urandom(4).hex()}.new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    return draft


def _unwritable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"{path} cannot be written: {_reason(error)}.", hint=f"Check: ls -ld {path.parent} && df {path.parent}"
    )


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
