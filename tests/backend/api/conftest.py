"""A small directory whose every answer is known."""

import pytest

from tests.backend.history import History


@pytest.fixture
def directory(migrated: History) -> History:
    migrated.execute(
        "INSERT INTO organization (id, name) VALUES (1, 'Second Watch'), (2, 'Harbor House')",
        "INSERT INTO source (id, name, tier, reliability_score) VALUES (1, 'Official', 1, 1.0), (2, 'Tips', 4, 0.4)",
        """INSERT INTO resource
             (id, organization_id, source_id, title, description, category, service_area, trust_score)
           VALUES (1, 1, 1, 'Rooms', 'A bed', 'housing', 'Ohio', 0.9),
                  (2, 1, 2, 'Café JOSÉ', '100% free_meals', 'food', 'Ohio', 0.3),
                  (3, 2, NULL, 'Appeals', 'A lawyer\\backslash', 'legal', 'Utah', NULL),
                  (4, 2, 1, 'Rooms', 'Another bed', 'housing', 'Utah', 0.5)""",
    )
    return migrated
