"""What every question is held against: a scan of two columns of numbers, of the same rows in the same files."""

import asyncio
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import asyncpg

from services.analytics.segments.duck import DuckLimits, open_duck
from services.analytics.segments.layout import Kind
from services.analytics.segments.registry import live_segments
from services.analytics.segments.writing import parquet
from tests.load.measured import Measured, measured

_MEMORY_MIB: Final = 1024
_SCAN: Final = "SELECT sum(latency_us), count(*) FILTER (is_bot) FROM {clicks} WHERE {whose}"


class Scan:
    """Scans the clicks of an owner, or of one of its links."""

    def __init__(self, postgres_url: str, segments: Path, owner_id: int, link_id: int = 0) -> None:
        self._postgres_url = postgres_url
        self._segments = segments
        self._whose = f"owner_id = {owner_id}" + (f" AND link_id = {link_id}" if link_id else "")

    def run(self, seconds: float) -> Measured:
        """Scan again and again."""
        paths = asyncio.run(self._paths())
        taken: list[float] = []
        with TemporaryDirectory(prefix="linkmeter-scan-") as folder:
            limits = DuckLimits(memory_mib=_MEMORY_MIB, threads=os.cpu_count() or 2, spill=Path(folder))
            with open_duck(limits) as duck:
                end = time.monotonic() + seconds
                while not taken or time.monotonic() < end:
                    begun = time.perf_counter()
                    duck.execute(_SCAN.format(clicks=parquet(paths), whose=self._whose)).fetchall()
                    taken.append(time.perf_counter() - begun)
        return measured(taken, seconds)

    async def _paths(self) -> list[Path]:
        connection = await asyncpg.connect(self._postgres_url, server_settings={"search_path": "analytics"})
        try:
            segments = await live_segments(connection)
        finally:
            await connection.close()
        return [self._segments / segment.files[Kind.CLICKS].name for segment in segments if segment.has_clicks]
