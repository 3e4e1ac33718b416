"""Each kind of place for segment files."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.analytics.segments.files import SegmentFiles
from tests.support.segments import FolderPlace, Place


@pytest.fixture(params=["folder"])
def place(tmp_path: Path) -> Place:
    """Return an empty place."""
    return FolderPlace(tmp_path / "segments")


@pytest.fixture
async def files(place: Place) -> AsyncIterator[SegmentFiles]:
    """Open the place."""
    opened = place.open()
    yield opened
    await opened.close()
