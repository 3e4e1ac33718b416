"""What the process of questions remembers of files, which never change: nothing of it can be out of date."""

from dataclasses import dataclass, field

from services.analytics.questions.bucket_numbers import BucketNumbers
from services.analytics.questions.visitor_sets import VisitorSets


@dataclass(frozen=True, slots=True)
class Memory:
    """Sets of visitors of whole segments, and numbers of whole buckets."""

    sets: VisitorSets = field(default_factory=VisitorSets)
    numbers: BucketNumbers = field(default_factory=BucketNumbers)
