"""What a build read, as its template keeps it: names to look at again, and never a value."""

import base64
import json
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any


@dataclass
class BuildRecord:
    """What one build read.

    Args:
        files: hashes of contents as they were when they were read, by path.
        folders: hashes of the names in folders that were listed, by path.
        modules: the modules that were looked for, by folder.
        variables: names of variables that were read.
        is_environment_read: whether all variables were read at once.
        outside: programs that were started and hosts that were connected to; a record with any is never kept.
    """

    files: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    modules: dict[str, set[str]] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)
    is_environment_read: bool = False
    outside: set[str] = field(default_factory=set)

    def tell(self, kind: str, name: str, value: str) -> None:
        """Add what a recorder saw."""
        if kind == "file":
            self.files.setdefault(name, value)
        elif kind == "folder":
            self.folders.setdefault(name, value)
        elif kind == "module":
            self.modules.setdefault(name, set()).add(value)
        elif kind == "variable":
            self.variables.add(name)
        elif kind == "environment":
            self.is_environment_read = True
        elif kind == "outside":
            self.outside.add(name)

    def joined(self, other: "BuildRecord") -> "BuildRecord":
        """What both have read; where both have a file, as this one read it."""
        modules = {folder: set(names) for folder, names in other.modules.items()}
        for folder, names in self.modules.items():
            modules.setdefault(folder, set()).update(names)
        return BuildRecord(
            {**other.files, **self.files},
            {**other.folders, **self.folders},
            modules,
            self.variables | other.variables,
            self.is_environment_read or other.is_environment_read,
            self.outside | other.outside,
        )

    def without(self, files: Iterable[str] = (), folders: Iterable[str] = ()) -> "BuildRecord":
        """The same but for some files and folders."""
        less = {*files, *folders}
        return replace(
            self,
            files={path: seen for path, seen in self.files.items() if path not in less},
            folders={path: seen for path, seen in self.folders.items() if path not in less},
        )

    def encode(self, root: Path) -> str:
        """The names as text; those inside the project are relative, so that another checkout finds them too."""
        inside = f"{root}{os.sep}"

        def shorten(paths: Iterable[str]) -> list[str]:
            return sorted(path.removeprefix(inside) for path in paths)

        modules = {path.removeprefix(inside): sorted(names) for path, names in sorted(self.modules.items())}
        content = [
            shorten(self.files), shorten(self.folders), modules, sorted(self.variables), self.is_environment_read
        ]  # fmt: skip
        return base64.b85encode(zlib.compress(json.dumps(content).encode(), 9)).decode()

    @classmethod
    def decode(cls, text: str, root: Path) -> "BuildRecord":
        """The names that `encode` wrote; what was seen then is not in them.

        Raises:
            ValueError: it is no such text.
        """

        def absolute(path: str) -> str:
            return os.path.join(root, path)  # noqa: PTH118 (hundreds of times in a cached reset)

        try:
            content: Any = json.loads(zlib.decompress(base64.b85decode(text)))
            files, folders, modules, variables, is_environment_read = content
            return cls(
                {absolute(path): "" for path in files},
                {absolute(path): "" for path in folders},
                {absolute(path): set(names) for path, names in modules.items()},
                set(variables),
                is_environment_read,
            )
        except (zlib.error, TypeError, AttributeError) as error:
            raise ValueError(text) from error
