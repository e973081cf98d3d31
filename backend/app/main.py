"""The API: `uvicorn app.main:app`."""

from fastapi import FastAPI

from app import problems
from app.api import health, organizations, resources, sources

app = FastAPI(title="Vibe4Vets", description="A directory of resources for Veterans.", version="0.1.0")
problems.install(app)
for part in (resources, organizations, sources, health):
    app.include_router(part.router)
