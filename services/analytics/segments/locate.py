"""Opens the place that the settings name."""

from pathlib import Path

from services.analytics.segments.cache import FileCache
from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.folder import FolderFiles
from services.analytics.segments.object_store import ObjectStoreFiles


def open_files(location: str, *, cache_folder: Path, cache_bytes: int) -> SegmentFiles:
    """Open a place for segment files: "s3://bucket/prefix", or the path of a folder.

    What is in a store of the S3 kind is fetched into the cache folder, which is kept at so many bytes; a folder needs
    no cache.
    """
    if location.startswith("s3://"):
        return ObjectStoreFiles(location, FileCache(cache_folder, cache_bytes))
    return FolderFiles(Path(location))
