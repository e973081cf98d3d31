"""`python -m dbtasks` is the same program as `dbtasks`."""

from dbtasks.cli import entry

entry()
