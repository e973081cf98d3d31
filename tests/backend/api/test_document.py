"""Whatever the OpenAPI document allows, and what it does not, is answered as it promises."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings

from app.main import app
from tests.backend.history import History

schema = schemathesis.openapi.from_asgi("/openapi.json", app)


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_documented(case: schemathesis.Case[Any], seeded: History) -> None:
    assert seeded.url
    case.call_and_validate()
