"""The project in a folder of its own, where the guide's commands are typed."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ProjectCopy:
    """A copy of what is in the repository."""

    root: Path

    @property
    def backend(self) -> Path:
        return self.root / "backend"

    def alembic(self, *arguments: str) -> str:
        """Type an `alembic` command in backend/ as the guide does; what it printed."""
        done = self.run("alembic", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def alembic_each(self, *commands: str) -> None:
        """Type several `alembic` commands into one process; to start one takes a second."""
        code = "import sys; from alembic.config import main; [main(words.split()) for words in sys.argv[1:]]"
        done = subprocess.run(
            [sys.executable, "-c", code, *commands], cwd=self.backend, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def run(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *arguments], cwd=self.backend, capture_output=True, text=True, check=False
        )

    def versions(self) -> set[Path]:
        return set((self.backend / "migrations" / "versions").glob("*.py"))
