"""Asking the API in this process."""

import asyncio
from typing import Any

import httpx

from app.main import app


def get(path: str, **parameters: Any) -> httpx.Response:
    """GET a path; a bug in a handler arrives as the 500 that a user would see.

    Starlette's own test client wants httpx2, which is not locked.
    """

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            return await client.get(path, params=parameters or None)

    return asyncio.run(ask())
