"""Sets the clock of a Python process back by STATE_MACHINE_CLOCK seconds, as seen by time.time and datetime.now."""

import datetime as dt
import os
import time

_SHIFT = float(os.environ.get("STATE_MACHINE_CLOCK", "0"))
_time = time.time
_datetime = dt.datetime


class _Meta(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, _datetime)


class _Shifted(dt.datetime, metaclass=_Meta):
    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> "_Shifted":
        return cls.fromtimestamp(_time() - _SHIFT, tz)


if _SHIFT:
    time.time = lambda: _time() - _SHIFT
    dt.datetime = _Shifted  # type: ignore[misc]  # the point of this module
