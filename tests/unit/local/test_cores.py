"""How many processors there are for us."""

import os
from pathlib import Path

import pytest

from deploy.local.cores import cores


@pytest.mark.parametrize(
    ("quota", "most"),
    [("100000 100000\n", 1), ("50000 100000\n", 1), ("99900000 100000\n", 999), ("max 100000\n", 999), ("", 999)],
)
def test_a_quota_of_time_counts_as_fewer_processors(tmp_path: Path, quota: str, most: int) -> None:
    """A container may have half a processor of a large machine; without quota all that we are bound to are ours."""
    (tmp_path / "cpu.max").write_text(quota)
    assert cores(tmp_path / "cpu.max") == min(most, len(os.sched_getaffinity(0)))


def test_without_cgroups_all_that_we_are_bound_to_are_ours(tmp_path: Path) -> None:
    """As on a system that has none."""
    assert cores(tmp_path / "none") == len(os.sched_getaffinity(0))
