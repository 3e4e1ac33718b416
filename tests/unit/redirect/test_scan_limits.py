"""Slowing down scans for codes."""

from services.redirect.scan_limits import CLIENTS, SCANNING, UNKNOWN, UNKNOWN_SECONDS, ScanLimits, Windows

SECRET = "0123456789abcdef0123456789abcdef"
CLIENT, OTHER = "203.0.113.9", "203.0.113.10"


class Time:
    """Stands still until a test moves it."""

    now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def limits(time: Time, *, enabled: bool = True) -> ScanLimits:
    return ScanLimits(enabled=enabled, secret=SECRET, monotonic=time)


async def test_a_burst_of_unknown_codes_is_refused_until_it_ends() -> None:
    """S8: thirty in ten seconds pass, then it takes a pause; others are not affected."""
    time = Time()
    limited = limits(time)
    assert not any([await limited.note_unknown(CLIENT) for _ in range(UNKNOWN)])
    assert await limited.note_unknown(CLIENT)
    assert not await limited.note_unknown(OTHER)
    time.now += UNKNOWN_SECONDS
    assert not await limited.note_unknown(CLIENT)


async def test_an_ipv6_network_is_one_client() -> None:
    """Changing the last 64 bits is free for whoever scans."""
    limited = limits(Time())
    for number in range(UNKNOWN):
        await limited.note_unknown(f"2001:db8::{number:x}")
    assert await limited.note_unknown("2001:db8::ffff:1")
    assert not await limited.note_unknown("2001:db8:0:1::1")


async def test_only_a_long_scan_ends_lookups() -> None:
    """A burst leaves lookups alone, so that links that exist are found."""
    limited = limits(Time())
    for _ in range(SCANNING - 1):
        await limited.note_unknown(CLIENT)
    assert not limited.is_scanning(CLIENT)
    await limited.note_unknown(CLIENT)
    assert limited.is_scanning(CLIENT)
    assert not limited.is_scanning(OTHER)


async def test_limits_can_be_switched_off() -> None:
    """LINKMETER_RATE_LIMITS=off refuses nobody."""
    limited = limits(Time(), enabled=False)
    assert not any([await limited.note_unknown(CLIENT) for _ in range(SCANNING * 2)])
    assert not limited.is_scanning(CLIENT)


def test_remembered_clients_are_bounded() -> None:
    """A scan from many addresses costs no unbounded memory: the one not seen for longest is forgotten."""
    windows = Windows(lambda: 1.0)
    windows.note("first")
    for number in range(CLIENTS):
        windows.note(str(number))
    assert not windows.holds("first", 1, 10)
    assert windows.holds("0", 1, 10)
