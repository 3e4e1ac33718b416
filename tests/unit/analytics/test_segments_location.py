"""Where settled clicks are: a folder, or a prefix of a bucket."""

import pytest

from services.analytics.settings import parse_segments_location


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("/data/segments", "/data/segments"),
        ("/data/segments/ ", "/data/segments"),
        ("s3://clicks", "s3://clicks"),
        ("s3://clicks/", "s3://clicks"),
        ("s3://clicks.example-1/a/b_c.d/", "s3://clicks.example-1/a/b_c.d"),
    ],
)
def test_a_folder_or_a_bucket_is_taken(text: str, location: str) -> None:
    assert parse_segments_location(text) == location


@pytest.mark.parametrize(
    "text",
    [
        "/",
        "segments",
        "./segments",
        "~/segments",
        "s3://",
        "s3:///prefix",
        "s3://a",
        "s3://Clicks",
        "s3://clicks//prefix",
        "s3://clicks/../other",
        "s3://clicks/a b",
        "s3://clicks?region=here",
        "s3://key:secret@clicks",
        "S3://clicks",
        "gs://clicks",
        "https://store.example/clicks",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """Above all what would make a folder called "s3:" or "gs:" wherever the program was started."""
    with pytest.raises(ValueError, match="neither the absolute path"):
        parse_segments_location(text)
