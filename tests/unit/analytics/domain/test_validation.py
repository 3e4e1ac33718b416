"""Which recorded clicks cannot be stored, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.analytics.domain.click import Fault, RecordedClick
from services.analytics.domain.validation import fault_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLICK = RecordedClick(
    time=NOW, link_id=1, owner_id=1, domain_id=1, domain="lm.example", code="abc", destination="https://a.example/",
    http_status=302, method="GET", scheme="https", ip="192.0.2.1", user_agent="", referrer="", accept_language="",
    query="", purpose="", variant="", latency_us=1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"link_id": -1}, Fault.NO_LINK),
        ({"owner_id": 0}, Fault.NO_LINK),
        ({"link_id": 0}, None),
        ({"link_id": 0, "owner_id": 0}, None),
        ({"link_id": 0, "owner_id": -1}, Fault.NO_LINK),
        ({"link_id": 0, "domain": ""}, Fault.NO_LINK),
        ({"time": datetime(1970, 1, 1, tzinfo=UTC)}, Fault.ABSURD_TIME),
        ({"time": datetime(2013, 2, 8, tzinfo=UTC)}, None),
        ({"time": NOW + timedelta(hours=23)}, None),
        ({"time": NOW + timedelta(hours=25)}, Fault.ABSURD_TIME),
        ({"http_status": 0}, Fault.BAD_VALUE),
        ({"http_status": 70_000}, Fault.BAD_VALUE),
        ({"user_agent": "a\0b"}, Fault.NUL_IN_TEXT),
        ({"referrer": "\0"}, Fault.NUL_IN_TEXT),
    ],
)
def test_faults_are_found(changes: dict[str, object], fault: Fault | None) -> None:
    assert fault_of(replace(CLICK, **changes), NOW) is fault  # type: ignore[arg-type]
