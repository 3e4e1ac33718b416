"""The steps of time that spoo.me chooses for a period."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from linkmeter.analytics.v1.stats_service_pb2 import BUCKET_DAY, BUCKET_HOUR, BUCKET_TEN_MINUTES, Bucket


@dataclass(frozen=True, slots=True)
class Strategy:
    """One length of steps."""

    name: str
    bucket: Bucket.ValueType
    # How the start of a step is written.
    label: str
    minutes: int


_TEN_MINUTES: Final = Strategy("10_minute", BUCKET_TEN_MINUTES, "%Y-%m-%d %H:%M", 10)
_HOURLY: Final = Strategy("hourly", BUCKET_HOUR, "%Y-%m-%d %H:00", 60)
_DAILY: Final = Strategy("daily", BUCKET_DAY, "%Y-%m-%d", 1440)


def strategy_for(period: timedelta) -> Strategy:
    """Choose the steps of a period."""
    if period <= timedelta(hours=1):
        return _TEN_MINUTES
    return _HOURLY if period <= timedelta(hours=24) else _DAILY
