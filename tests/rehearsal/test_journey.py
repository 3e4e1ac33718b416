"""The main job on the containers of the dev overlay: the journey's own tests, on another system."""

from tests.journey.test_journey import (
    test_internal_caller_resolves_without_counting,
    test_native_caller_creates_follows_and_counts,
    test_rest_caller_creates_follows_and_counts,
    test_stranger_cannot_create_natively,
)

__all__ = [
    "test_internal_caller_resolves_without_counting",
    "test_native_caller_creates_follows_and_counts",
    "test_rest_caller_creates_follows_and_counts",
    "test_stranger_cannot_create_natively",
]
