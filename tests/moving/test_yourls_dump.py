"""YOURLS dumps: a real one of MariaDB, phpMyAdmin's shape, and what goes wrong with them."""

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from linkmeter.moving.origin import OriginClick, OriginError, OriginLink, Problem
from linkmeter.moving.origins.yourls_dump import YourlsDump
from tests.moving import dump_writer
from tests.moving.dump_writer import LOG_COLUMNS, URL_COLUMNS, Style, Value

SAMPLES = Path(__file__).parent / "samples"
SERVER = timezone(timedelta(hours=-5))  # zone of the MariaDB that made the samples


def clock() -> datetime:
    return datetime(2026, 6, 1, tzinfo=UTC)


def click(number: int, time: str = "2024-01-01 10:00:00", code: str = "a") -> tuple[Value, ...]:
    return (number, time.encode(), code.encode(), b"direct", b"curl/8.8.0", b"192.0.2.1", b"DE")


def link(code: str = "a", title: bytes = b"", time: str = "2023-01-01 00:00:00", clicks: int = 0) -> tuple[Value, ...]:
    return (code.encode(), f"https://www.example.com/{code}".encode(), title, time.encode(), b"192.0.2.9", clicks)


@pytest.fixture
def dump(tmp_path: Path) -> Callable[..., YourlsDump]:
    """Return a function that writes a dump and opens it."""

    def write(
        clicks: Sequence[Sequence[Value]] = (),
        links: Sequence[Sequence[Value]] = (),
        *,
        style: Style | None = None,
        change: Callable[[bytes], bytes] = lambda data: data,
        **options: str,
    ) -> YourlsDump:
        path = tmp_path / "dump.sql"
        path.write_bytes(change(dump_writer.yourls_dump(clicks, links, style or Style())))
        return YourlsDump(dump=path, domain="s.example", clock=clock, **options)

    return write


def links_of(origin: YourlsDump) -> list[OriginLink]:
    return [item for item in origin.links() if isinstance(item, OriginLink)]


def clicks_of(origin: YourlsDump) -> list[OriginClick]:
    return [item for item in origin.clicks() if isinstance(item, OriginClick)]


def problems_of(origin: YourlsDump) -> list[Problem]:
    return [item for item in (*origin.links(), *origin.clicks()) if isinstance(item, Problem)]


def database_rows(name: str) -> list[list[str]]:
    """Return what MariaDB answers itself."""
    return [line.split("\t") for line in (SAMPLES / name).read_text().splitlines()]


def text(hexadecimal: str) -> str:
    return "" if hexadecimal == "NULL" else bytes.fromhex(hexadecimal).decode()


@pytest.mark.parametrize("name", ["yourls.sql", "yourls-complete.sql.gz"])
def test_a_dump_of_mariadb_holds_what_mariadb_answers(name: str) -> None:
    """Both dumps of one database, with UTC and with local times of links, read as the database itself answers."""
    origin = YourlsDump(dump=SAMPLES / name, domain="S.example", time_zone="-05:00", clock=clock)
    clicks = [row for row in database_rows("yourls.clicks.tsv") if not row[1].startswith("0000")]
    assert [(c.time, c.code, c.referrer, c.user_agent, c.ip, c.country) for c in clicks_of(origin)] == [
        (
            datetime.fromisoformat(time).replace(tzinfo=SERVER),
            text(code),
            text(referrer).replace("direct", ""),
            text(agent) if text(agent) != "-" else "",
            text(ip),
            text(country),
        )
        for _, time, code, referrer, agent, ip, country in clicks
    ]
    expected = sorted(
        (
            text(code),
            text(destination),
            "Café à la crème" if text(code) == "aB" else text(title),  # it is encoded twice in the database
            datetime.fromisoformat(time).replace(tzinfo=UTC),
            max(0, int(total) - sum(row[2] == code for row in clicks)),
        )
        for code, destination, title, time, total in database_rows("yourls.links.tsv")
    )
    links = links_of(origin)
    assert sorted((x.code, x.destination, x.title, x.create_time, x.clicks_before) for x in links) == expected
    assert {x.domain for x in links} == {"s.example"}
    assert (origin.count_links(), origin.count_clicks()) == (len(links), len(clicks)) == (12, 52)
    assert [(problem.reason, problem.place.split(", ")[1]) for problem in problems_of(origin)] == [
        ("TIME_ABSURD", "click_id 54")
    ]
    assert sum(x.code == "gone" for x in clicks_of(origin)) == 3, "clicks of deleted links are there"
    assert {x.code: x.clicks_before for x in links}["old"] == 240


def test_a_dump_of_phpmyadmin_is_sorted_by_click_id() -> None:
    origin = YourlsDump(dump=SAMPLES / "yourls-phpmyadmin.sql", domain="s.example", clock=clock)
    assert [(x.code, x.destination, x.title, x.clicks_before) for x in links_of(origin)] == [
        ("a", "https://www.example.com/a", 'Letter "a"', 0),
        ("b", "https://www.example.com/b;c", "", 3),
    ]
    assert [(x.place, x.code, x.referrer, x.country) for x in clicks_of(origin)] == [
        ("line 53, click_id 1", "a", "", "DE"),
        ("line 52, click_id 2", "b", "https://www.example.org/it's", "DE"),
        ("line 55, click_id 3", "a", "", ""),
    ]
    assert problems_of(origin) == []


def test_both_orders_of_columns_are_told_apart_without_any_definition(dump: Callable[..., YourlsDump]) -> None:
    old = ("keyword", "url", "timestamp", "ip", "clicks", "title")
    row = dict(zip(URL_COLUMNS, link(title=b"T", clicks=3), strict=True))
    for columns in (URL_COLUMNS, old):
        data = dump_writer.inserts("yourls_url", columns, [tuple(row[name] for name in columns)], Style())
        (found,) = links_of(dump(change=lambda _, data=data: data))
        assert (found.title, found.clicks_before, found.create_time) == ("T", 3, datetime(2023, 1, 1, tzinfo=UTC))


def test_columns_that_plugins_added_and_another_order_do_not_matter(dump: Callable[..., YourlsDump]) -> None:
    columns = ("plugin", *reversed(LOG_COLUMNS))
    rows = [(b"x", *reversed(click(7, code="z")))]
    for style in (Style(names_columns=True), Style()):
        data = dump_writer.create_table("p_log", columns) + dump_writer.inserts("p_log", columns, rows, style)
        (found,) = clicks_of(dump(change=lambda _, data=data: data))
        assert (found.code, found.place.split(", ")[1], found.country) == ("z", "click_id 7", "DE")


def test_unsorted_clicks_come_in_the_order_of_click_id(dump: Callable[..., YourlsDump]) -> None:
    rows = [click(number, f"2024-01-01 10:00:{60 - number:02}") for number in (5, 3, 9, 1)]
    origin = dump([*rows, click(3)], style=Style(rows_a_statement=2))
    assert [x.place.split(" ")[-1] for x in clicks_of(origin)] == ["1", "3", "5", "9"]
    assert [problem.reason for problem in problems_of(origin)] == ["CLICK_TWICE"]
    assert clicks_of(origin) == clicks_of(origin), "the order is the same each time"


def test_zones_of_clicks_and_of_links(dump: Callable[..., YourlsDump]) -> None:
    rows, links = [click(1, "2024-07-01 10:00:00")], [link(time="2024-07-01 10:00:00")]
    utc, summer = datetime(2024, 7, 1, 10, tzinfo=UTC), datetime(2024, 7, 1, 8, tzinfo=UTC)
    origin = dump(rows, links, time_zone="Europe/Berlin")
    assert (clicks_of(origin)[0].time, links_of(origin)[0].create_time) == (summer, utc)
    origin = dump(rows, links, time_zone="+02:00", change=lambda data: data.replace(b"TIME_ZONE='+00:00'", b"@x = 1"))
    assert (clicks_of(origin)[0].time, links_of(origin)[0].create_time) == (summer, summer)
    origin = dump(rows, links)
    assert (clicks_of(origin)[0].time, links_of(origin)[0].create_time) == (utc, utc)


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        (b"caf\xe9", "café"),  # latin1, declared as UTF-8
        ("Grüße 🎉".encode(), "Grüße 🎉"),
        ("Café".encode().decode("cp1252").encode(), "Café"),  # UTF-8 that was stored as latin1
        (b"\x93quoted\x94 \x80", "“quoted” €"),
        ("naïve Ã".encode(), "naïve Ã"),
        (b"\x81\x8d", "\x81\x8d"),
    ],
)
def test_encodings_that_the_dump_does_not_declare(raw: bytes, title: str, dump: Callable[..., YourlsDump]) -> None:
    assert links_of(dump([], [link(title=raw)]))[0].title == title


@pytest.mark.parametrize("time", ["0000-00-00 00:00:00", "1970-01-01 00:00:00", "soon", ""])
def test_absurd_times_leave_clicks_out_and_links_without(time: str, dump: Callable[..., YourlsDump]) -> None:
    origin = dump([click(1), click(2, time)], [link(time=time, clicks=2)])
    assert [x.place.split(" ")[-1] for x in clicks_of(origin)] == ["1"]
    (found,) = links_of(origin)
    assert (found.create_time, found.clicks_before) == (None, 1), "a click that is left out stays in the sum"
    assert [problem.reason for problem in problems_of(origin)] == ["TIME_ABSURD", "TIME_ABSURD"]
    assert origin.count_clicks() == 1


def test_times_in_the_future_are_none_of_a_link_and_stay_in_the_order_of_clicks(
    dump: Callable[..., YourlsDump],
) -> None:
    """A later run must number the clicks alike, when that time has come; the service sets them aside."""
    origin = dump([click(1, "2037-01-01 00:00:00"), click(2)], [link(time="2037-01-01 00:00:00")])
    assert [x.time.year for x in clicks_of(origin)] == [2037, 2024]
    assert links_of(origin)[0].create_time is None
    assert links_of(dump([], [link(time="2026-06-01 12:00:00")]))[0].create_time == clock(), "a clock was fast"


def test_rows_that_lack_something_are_problems_with_their_lines(dump: Callable[..., YourlsDump]) -> None:
    style = Style(between_rows=b",\n")
    links = [link(), (b"", b"https://www.example.com/", b"", b"2023-01-01 00:00:00", b"", 0), (b"b", None, *link()[2:])]
    origin = dump([click(1), click(2, code="")], links, style=style)
    problems = problems_of(origin)
    assert [problem.reason for problem in problems] == ["ROW_INCOMPLETE"] * 3
    lines = origin._path.read_text().splitlines()  # noqa: SLF001
    assert "'','https://www.example.com/'" in lines[int(problems[0].place.split()[1]) - 1]
    assert "'b',NULL" in lines[int(problems[1].place.split()[1]) - 1]
    assert (origin.count_links(), origin.count_clicks()) == (1, 1)


def test_rows_of_another_width_are_problems(dump: Callable[..., YourlsDump]) -> None:
    wide = dump_writer.inserts("yourls_log", LOG_COLUMNS, [click(1), (*click(2), b"more")], Style())
    origin = dump(change=lambda data: data.replace(b"DROP TABLE IF EXISTS `yourls_url`", wide + b"DROP TABLE `x`"))
    assert [x.place.split(" ")[-1] for x in clicks_of(origin)] == ["1"]
    assert "8 values for 7 columns (click_id" in problems_of(origin)[0].message


@pytest.mark.parametrize("keep", [-1, -30, -60, -200, 900])
def test_a_dump_that_was_cut_off_is_refused_before_anything_is_read(keep: int, dump: Callable[..., YourlsDump]) -> None:
    origin = dump([click(n) for n in range(1, 9)], [link()], change=lambda data: data[:keep].rstrip(b"0123456789-: \n"))
    if keep == -1:
        assert len(clicks_of(origin)) == 8
        return
    with pytest.raises(
        OriginError, match=r"was cut off: it ends at line \d+, after [\d,]+ bytes: .* Dump the database"
    ):
        next(iter(origin.links()))


def test_a_dump_that_was_cut_off_can_be_taken_as_it_is(dump: Callable[..., YourlsDump]) -> None:
    def cut(data: bytes) -> bytes:
        return data[: data.index(b"(4,")] + b"(4,'2024"

    origin = dump([click(n) for n in range(1, 9)], [link()], change=cut, cut_off="take")
    assert [x.place.split(" ")[-1] for x in clicks_of(origin)] == ["1", "2", "3"]
    (problem,) = problems_of(origin)
    assert (problem.reason, "in the middle of a row" in problem.message) == ("DUMP_CUT_OFF", True)
    assert (origin.count_links(), origin.count_clicks()) == (0, 3)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_dumps_and_packed_dumps_that_are_damaged(
    pack: Callable[[bytes], bytes], dump: Callable[..., YourlsDump]
) -> None:
    clicks = [click(n) for n in range(1, 9)]
    assert len(clicks_of(dump(clicks, change=pack))) == 8
    with pytest.raises(OriginError, match="damaged or was cut off"):
        clicks_of(dump(clicks, change=lambda data: pack(data)[:-20]))


def test_an_archive_of_one_file_is_read_and_of_two_refused(tmp_path: Path) -> None:
    path = tmp_path / "dump.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(SAMPLES / "yourls.sql", "dump.sql")
    assert YourlsDump(dump=path, clock=clock).count_links() == 12
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more.sql", "")
    with pytest.raises(OriginError, match=r"holds 2 files \(dump.sql, more.sql\)"):
        YourlsDump(dump=path).count_links()


def test_two_installations_in_one_dump_have_to_be_told_apart(dump: Callable[..., YourlsDump]) -> None:
    other = dump_writer.inserts("b_log", LOG_COLUMNS, [click(1, code="other")], Style(names_columns=True))
    change = lambda data: data.replace(b"-- Dump completed", other + b"-- Dump completed")  # noqa: E731
    with pytest.raises(OriginError, match=r"holds 2 installations of YOURLS.*b_ in the database, yourls_ in the"):
        links_of(dump([click(1)], change=change))
    origin = dump([click(1)], change=change, table_prefix="b_")
    assert [x.code for x in clicks_of(origin)] == ["other"]
    assert origin.identity == "yourls://s.example/b_"
    with pytest.raises(
        OriginError, match=r"holds no rows in tables c_url and c_log\. Its tables: yourls_log, yourls_url"
    ):
        links_of(dump([click(1)], change=change, table_prefix="c_"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no SQL dump"),
        (b"<html>'not found'</html>", "was cut off|is no SQL dump"),
        (b"\xff\xfeI\0N\0", "in UTF-16, as PowerShell"),
        (b"INSERT INTO wp_log VALUES (1);\nCREATE TABLE `wp_log` (\n  `id` int\n);\n", "no tables of YOURLS.*wp_log"),
        (b"INSERT INTO yourls_log SELECT 1;", "line 1: this INSERT into yourls_log has no list of VALUES"),
    ],
)
def test_files_that_are_no_such_dump(data: bytes, message: str, dump: Callable[..., YourlsDump]) -> None:
    with pytest.raises(OriginError, match=message):
        dump(change=lambda _: data).count_links()


def test_options_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(OriginError, match="no time zone 'Berlin'"):
        YourlsDump(dump=tmp_path / "x", time_zone="Berlin")
    with pytest.raises(OriginError, match="refuse or take"):
        YourlsDump(dump=tmp_path / "x", cut_off="yes")
    with pytest.raises(OriginError, match=r"x cannot be read: No such file"):
        YourlsDump(dump=tmp_path / "x").count_links()


def test_a_later_dump_has_the_same_identity(tmp_path: Path) -> None:
    assert YourlsDump(dump=tmp_path / "a.sql", domain="S.example").identity == "yourls://s.example"
    assert YourlsDump(dump=tmp_path / "b.sql", domain="s.example ").identity == "yourls://s.example"
    assert YourlsDump(dump=tmp_path / "b.sql").identity == "yourls://b.sql"
