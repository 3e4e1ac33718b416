"""Links and clicks from CSV files of any encoding, delimiter and naming of columns."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkmeter.moving.origin import OriginClick, OriginError, OriginLink, Problem
from linkmeter.moving.origins.csv_files import CsvFiles, country_code, split_short_url

SAMPLES = Path(__file__).parent / "samples"


def clock() -> datetime:
    return datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., CsvFiles]:
    """Return a function that writes the files and opens them."""

    def write(links: str | bytes = "", clicks: str | bytes = "", **options: str) -> CsvFiles:
        paths = {}
        for name, content in (("links", links), ("clicks", clicks)):
            if content:
                path = tmp_path / f"{name}.csv"
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
                paths[name] = path
        return CsvFiles(**paths, clock=clock, **options)  # type: ignore[arg-type]  # paths and texts by keyword

    return write


def links_of(origin: CsvFiles) -> list[OriginLink]:
    return [item for item in origin.links() if isinstance(item, OriginLink)]


def clicks_of(origin: CsvFiles) -> list[OriginClick]:
    return [item for item in origin.clicks() if isinstance(item, OriginClick)]


def problems_of(origin: CsvFiles) -> list[Problem]:
    return [item for item in (*origin.links(), *origin.clicks()) if isinstance(item, Problem)]


def test_the_export_of_dub() -> None:
    origin = CsvFiles(links=SAMPLES / "dub.csv", clock=clock)
    first, second, third = links_of(origin)
    assert first == OriginLink(
        place="line 2",
        domain="s.example",
        code="try",
        destination="https://www.example.com/?a=1&b=2",
        title="Try, now",
        description="Two\nlines",
        tags=("launch", "spring"),
        create_time=datetime(2024, 1, 15, 9, 30, tzinfo=UTC),
        clicks_before=12,
    )
    assert (second.code, second.tags, second.place, second.clicks_before) == ("docs/api", ("docs",), "line 4", 3)
    assert (third.domain, third.title) == ("go.example", "=1+1"), "the mark against formulas is taken away"
    assert third.destination == "javascript:alert(1)", "what may be a destination is for the service to say"
    assert (problems_of(origin), origin.count_links(), origin.count_clicks()) == ([], 3, 0)


def test_the_columns_of_shlink() -> None:
    origin = CsvFiles(links=SAMPLES / "shlink.csv", domain="s.example", clock=clock)
    assert [(x.domain, x.code, x.title, x.tags) for x in links_of(origin)] == [
        ("s.example", "one", "One", ("a", "b, with comma")),
        ("go.example", "two", 'Two; quoted "text"', ()),
    ]


def test_all_fields_of_a_link(files: Callable[..., CsvFiles]) -> None:
    header = "code,destination,start_time,expire_time,max_clicks,is_enabled,created"
    origin = files(
        f"{header}\na,https://www.example.com/,2024-01-01,2030-06-01 12:00,5,no,1700000000\n", time_zone="+2"
    )
    (link,) = links_of(origin)
    assert (link.start_time, link.expire_time) == (
        datetime(2023, 12, 31, 22, tzinfo=UTC),
        datetime(2030, 6, 1, 10, tzinfo=UTC),
    )
    assert (link.max_clicks, link.is_enabled) == (5, False)
    assert link.create_time == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_encodings_delimiters_and_line_breaks(
    encoding: str, delimiter: str, line_break: str, files: Callable[..., CsvFiles]
) -> None:
    rows = [("Code", "Destination", "Title"), ("a", "https://www.example.com/é", '"Grüße"')]
    text = line_break.join(delimiter.join(row) for row in rows) + line_break
    options = {"encoding": "utf-16-le"} if encoding == "utf-16-le" else {}
    (link,) = links_of(files(text.encode(encoding), **options))
    assert (link.code, link.destination, link.title) == ("a", "https://www.example.com/é", "Grüße")


def test_a_given_encoding_is_kept_to(files: Callable[..., CsvFiles]) -> None:
    content = "code,destination,title\na,https://www.example.com/,привет\n".encode("cp1251")
    assert links_of(files(content, encoding="cp1251"))[0].title == "привет"
    with pytest.raises(OriginError, match=r"links.csv is not in utf-8.*Give the encoding"):
        links_of(files(content, encoding="utf-8"))
    with pytest.raises(OriginError, match="no encoding 'utf-9'"):
        files(content, encoding="utf-9")


def test_columns_that_are_told(files: Callable[..., CsvFiles]) -> None:
    links, clicks = "Kürzel;Ziel;url\na;https://www.example.com/;x\n", "Kürzel;Wann\na;2024-05-01 10:00\n"
    origin = files(links, clicks, columns="code=Kürzel, destination=ziel, time=Wann")
    assert [(x.code, x.destination) for x in links_of(origin)] == [("a", "https://www.example.com/")]
    assert [(x.code, x.time) for x in clicks_of(origin)] == [("a", datetime(2024, 5, 1, 10, tzinfo=UTC))]


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (
            "a,b\n1,2\n",
            {},
            r"no column for short_url or code. The columns of links.csv: a, b. Say which .* code=COLUMN",
        ),
        ("code,b\n1,2\n", {}, "no column for destination. The columns of links.csv: code, b"),
        ("code,url\n1,2\n", {"columns": "title=Titel"}, "no column 'Titel'. The columns of links.csv: code, url"),
        (
            "code,url\n1,2\n",
            {"columns": "name=x"},
            "'name=x' is no FIELD=COLUMN with one of the fields accept_language",
        ),
        ("code,url\n1,2\n", {"columns": "title"}, "'title' is no FIELD=COLUMN"),
        ("code,url\n1,2\n", {"delimiter": "<>"}, "A delimiter is one character"),
        ("\n\n", {}, "links.csv is empty"),
        ("code,url\ra,https://www.example.com/\r", {}, "links.csv has no line that names its columns"),
        ("code,url\n1,2\n", {"time_zone": "Mars/Olympus"}, "no time zone 'Mars/Olympus'"),
    ],
)
def test_wrong_columns_and_options_are_named(
    content: str, options: dict[str, str], message: str, files: Callable[..., CsvFiles]
) -> None:
    with pytest.raises(OriginError, match=message):
        files(content, **options)


def test_no_file_at_all() -> None:
    with pytest.raises(OriginError, match="Name a CSV file"):
        CsvFiles()


def test_rows_that_cannot_be_read_are_problems_with_their_lines(files: Callable[..., CsvFiles]) -> None:
    origin = files(
        "code,url,created,expires,max_clicks,enabled,clicks\n"
        "good,https://www.example.com/1,2024-01-01,,,,\n"
        "late,https://www.example.com/2,2037-01-01,,,,\n"
        "\n"
        ",https://www.example.com/3,,,,,\n"
        "c,,,,,,\n"
        "d,https://www.example.com/4,,31.02.2024,,,\n"
        "e,https://www.example.com/5,,,many,,\n"
        "f,https://www.example.com/6,,,,perhaps,\n"
        "g,https://www.example.com/7,,,,,-1\n"
        "h,https://www.example.com/8\n"
        '"i"x,https://www.example.com/9,,,,,\n'
        "last,https://www.example.com/10,0000-00-00,,,,7\n"
    )
    assert [(x.code, x.create_time is None) for x in links_of(origin)] == [
        ("good", False),
        ("late", True),
        ("last", True),
    ]
    assert [(problem.place, problem.reason) for problem in problems_of(origin)] == [
        ("line 3", "TIME_ABSURD"),
        ("line 5", "ROW_INCOMPLETE"),
        ("line 6", "ROW_INCOMPLETE"),
        ("line 7", "TIME_ABSURD"),
        ("line 8", "ROW_MALFORMED"),
        ("line 9", "ROW_MALFORMED"),
        ("line 10", "ROW_MALFORMED"),
        ("line 11", "ROW_MALFORMED"),
        ("line 12", "ROW_MALFORMED"),
        ("line 13", "TIME_ABSURD"),
    ]
    assert origin.count_links() == 3


def test_a_file_that_ends_within_quotes_says_so(files: Callable[..., CsvFiles]) -> None:
    origin = files('code,url\na,https://www.example.com/\nb,"https://www.exam')
    assert [x.code for x in links_of(origin)] == ["a"]
    (problem,) = problems_of(origin)
    assert (problem.place, problem.message) == (
        "line 3",
        "This is no row: unexpected end of data. Is a quotation mark missing?",
    )


def test_clicks_come_oldest_first_and_sums_lose_what_they_bring(files: Callable[..., CsvFiles]) -> None:
    links = "short_url,url,clicks\ns.example/a,https://www.example.com/,5\ns.example/b,https://www.example.com/,1\n"
    clicks = (
        "Time,Short URL,Referer,User-Agent,IP address,Country\n"
        "2024-05-03T10:00:00+02:00,https://s.example/a,(direct),curl/8.8.0,192.0.2.1,Germany\n"
        "2024-05-01 10:00:00,https://s.example/a,https://www.example.org/,,,de\n"
        "2024-05-01 10:00:00,https://s.example/b,,,2001:db8::1,US-TX\n"
        "1970-01-01 00:00:00,https://s.example/b,,,,\n"
    )
    origin = files(links, clicks)
    assert [(x.place, x.code, x.referrer, x.country) for x in clicks_of(origin)] == [
        ("line 3", "a", "https://www.example.org/", "DE"),
        ("line 4", "b", "", "US"),
        ("line 2", "a", "", ""),
    ]
    assert clicks_of(origin)[2].time == datetime(2024, 5, 3, 8, tzinfo=UTC)
    assert [(x.code, x.clicks_before) for x in links_of(origin)] == [("a", 3), ("b", 0)]
    assert [(problem.place, problem.reason) for problem in problems_of(origin)] == [("line 5", "TIME_ABSURD")]
    assert origin.count_clicks() == 3


def test_events_that_are_no_clicks_are_left_out(files: Callable[..., CsvFiles]) -> None:
    origin = files(clicks="date,event,link\n2024-05-01,click,s.example/a\n2024-05-01,sale,s.example/a\n")
    assert [x.place for x in clicks_of(origin)] == ["line 2"]
    assert [problem.reason for problem in problems_of(origin)] == ["NO_CLICK"]


def test_the_names_of_the_files_name_the_import(files: Callable[..., CsvFiles]) -> None:
    links, clicks = "code,url\na,https://www.example.com/\n", "code,time\na,2024-05-01\n"
    assert files(links, clicks, domain="S.example").identity == "csv:s.example/links.csv+clicks.csv"
    assert files(links).identity == "csv:/links.csv"


@settings(deadline=None, max_examples=40)
@given(rows=st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abc")), max_size=30))
def test_the_order_is_that_of_time_and_then_of_the_file(
    rows: list[tuple[int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("csv") / "clicks.csv"
    path.write_text("code,time\n" + "".join(f"{code},2024-05-01 10:00:0{second}\n" for second, code in rows))
    origin = CsvFiles(clicks=path)
    expected = sorted(enumerate(rows), key=lambda row: row[1][0])
    assert [x.place for x in clicks_of(origin)] == [f"line {number + 2}" for number, _ in expected]
    assert origin.count_clicks() == len(rows)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2024-05-31T18:05:00Z", datetime(2024, 5, 31, 18, 5, tzinfo=UTC)),
        ("2024-05-31 18:05:00.123", datetime(2024, 5, 31, 18, 5, 0, 123_000, tzinfo=UTC)),
        ("2024/05/31 18:05", datetime(2024, 5, 31, 18, 5, tzinfo=UTC)),
        ("1717178700", datetime(2024, 5, 31, 18, 5, tzinfo=UTC)),
        ("1717178700000", datetime(2024, 5, 31, 18, 5, tzinfo=UTC)),
        ("1412010112345", datetime(2014, 9, 29, 17, 1, 52, 345_000, tzinfo=UTC)),
        ("Fri, 31 May 2024 18:05:00 GMT", datetime(2024, 5, 31, 18, 5, tzinfo=UTC)),
        ("Fri May 31 2024 20:05:00 GMT+0200 (Central European Summer Time)", datetime(2024, 5, 31, 18, 5, tzinfo=UTC)),
    ],
)
def test_forms_of_times(text: str, time: datetime, files: Callable[..., CsvFiles]) -> None:
    (click,) = clicks_of(files(clicks=f'code,time\na,"{text}"\n'))
    assert click.time == time


@pytest.mark.parametrize("text", ["05/06/2024", "31.12.2024", "tomorrow", "99999999999999999", "2024-13-01", "-"])
def test_times_that_could_be_anything_are_not_guessed(text: str, files: Callable[..., CsvFiles]) -> None:
    origin = files(clicks=f"code,time\na,{text}\n")
    assert [problem.reason for problem in problems_of(origin)] == ["TIME_ABSURD"]


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://S.example/a", ("s.example", "a")),
        ("s.example/a/b?c=1#d", ("s.example", "a/b")),
        ("https://s.example/%C3%A9", ("s.example", "é")),
        ("https://s.example/", ("s.example", "")),
        ("abc", ("", "abc")),
        ("http://[broken/a", ("", "")),
    ],
)
def test_short_urls(url: str, parts: tuple[str, str]) -> None:
    assert split_short_url(url) == parts


@pytest.mark.parametrize(("text", "code"), [("us", "US"), ("US-TX", "US"), ("Germany", ""), ("", ""), ("D1", "")])
def test_countries(text: str, code: str) -> None:
    assert country_code(text) == code
