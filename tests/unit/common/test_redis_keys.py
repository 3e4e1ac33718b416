"""Where links writes, redirect reads, and a restore forgets."""

from fnmatch import fnmatchcase

from services.common import redis_keys


def test_a_restore_forgets_all_that_is_held_of_a_link() -> None:
    """Each key matches a pattern; both are in one slot of a cluster."""
    key, revision = redis_keys.resolution_key("sho.rt/abc"), redis_keys.revision_key("sho.rt/abc")
    assert (key, revision) == ("lm:resolution:sho.rt/abc", "lm:revision:{lm:resolution:sho.rt/abc}")
    assert all(any(fnmatchcase(name, pattern) for pattern in redis_keys.LINK_PATTERNS) for name in (key, revision))
