"""`dropdb; createdb` for machines without PostgreSQL's client programs: python -m tests.benchmarks.recreate URL."""

import sys
from pathlib import Path

from psycopg2 import sql

from dbtasks.urls import parse_url
from tests.fixtures.postgres import execute

url = parse_url(sys.argv[1], base=Path.cwd())
for text in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"):
    execute(url.with_name("postgres"), sql.SQL(text).format(sql.Identifier(url.name)))
