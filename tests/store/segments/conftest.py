"""Each kind of place for segment files."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from services.analytics.segments.files import SegmentFiles
from tests.support.object_store import TestObjectStore
from tests.support.segments import FolderPlace, ObjectPlace, Place


@pytest.fixture(params=["folder", "object store"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Return an empty place, of each kind in turn."""
    if request.param == "folder":
        return FolderPlace(tmp_path / "segments")
    kept: ObjectPlace = request.getfixturevalue("object_place")
    return kept


@pytest.fixture
def object_place(object_store: TestObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ObjectPlace:
    """Return an empty place in the store of the session."""
    for name, value in object_store.environment.items():
        monkeypatch.setenv(name, value)
    return ObjectPlace(object_store, f"tests/{uuid4()}", tmp_path / "cache")


@pytest.fixture
async def files(place: Place) -> AsyncIterator[SegmentFiles]:
    """Open the place."""
    opened = place.open()
    yield opened
    await opened.close()
