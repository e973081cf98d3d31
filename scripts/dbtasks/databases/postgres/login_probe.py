"""Ask a server that refused a login why, in the protocol's own codes.

psycopg2 gives no SQLSTATE for a failed connect, only text in the server's language. What a server
says before it asks for a password (starting up, shutting down, no pg_hba entry) can be asked for
again, by the first message of the protocol: a few bytes over a socket.
"""

import socket
import struct
from contextlib import suppress

from dbtasks.urls import DatabaseUrl

_PROTOCOL = 196608  # 3.0
_SECONDS = 3.0
_PORT = 5432

NOBODY = "nobody"  # no such host, nothing listens, or no answer in time


def ask_reason(url: DatabaseUrl) -> str:
    """Why a login is refused: a SQLSTATE, `NOBODY`, or "" where the server would go on with the login.

    A URL without a host (libpq's default socket, or a list of hosts in the query) is not asked: "".
    """
    host = dict(url.query).get("host", url.host)
    if not host or "," in host:
        return ""
    try:
        with _opened(host, url.port or _PORT) as stream:
            stream.sendall(_greeting(url))
            return _code(stream)
    except (OSError, UnicodeError):
        return NOBODY


def _opened(host: str, port: int) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port), _SECONDS)
    stream = socket.socket(socket.AF_UNIX)
    stream.settimeout(_SECONDS)
    try:
        stream.connect(f"{host}/.s.PGSQL.{port}")
    except OSError:
        stream.close()
        raise
    return stream


def _greeting(url: DatabaseUrl) -> bytes:
    pairs = (("user", url.user or "postgres"), ("database", url.name))
    body = b"".join(f"{key}\0{value}\0".encode() for key, value in pairs) + b"\0"
    return struct.pack("!ii", len(body) + 8, _PROTOCOL) + body


def _code(stream: socket.socket) -> str:
    answer = b""
    with suppress(TimeoutError):
        while len(answer) < 5 or (answer[:1] == b"E" and len(answer) < 1 + struct.unpack("!i", answer[1:5])[0]):  # noqa: PLR2004 (type byte and length)
            more = stream.recv(4096)
            if not more:
                break
            answer += more
    if answer[:1] != b"E":
        return "" if answer else NOBODY  # Docker's proxy accepts while nobody is behind it, and hangs up
    fields = (field for field in answer[5:].split(b"\0") if field)
    return next((field[1:].decode() for field in fields if field[:1] == b"C"), "")
