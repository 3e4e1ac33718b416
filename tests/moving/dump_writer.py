"""Writes SQL dumps by the rules of mysqldump and phpMyAdmin, for the reader to be tested against."""

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = b"""-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;
"""
TAIL = b"""/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
-- Dump completed on 2024-05-31 18:05:00
"""
LOG_COLUMNS = ("click_id", "click_time", "shorturl", "referrer", "user_agent", "ip_address", "country_code")
URL_COLUMNS = ("keyword", "url", "title", "timestamp", "ip", "clicks")

Value = bytes | int | None

# As mysql_real_escape_string does.
_ESCAPES = {0: b"\\0", 10: b"\\n", 13: b"\\r", 26: b"\\Z", 34: b'\\"', 39: b"\\'", 92: b"\\\\"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a dump is written."""

    rows_a_statement: int = 1000
    names_columns: bool = False
    doubles_quotes: bool = False  # phpMyAdmin
    introducer: bytes = b""  # b"_binary " of columns that are binary
    is_hex: bool = False  # --hex-blob
    between_rows: bytes = b","
    line_break: bytes = b"\n"


def written(value: Value, style: Style) -> bytes:
    """Return a value as it stands in a dump."""
    if value is None or isinstance(value, int):
        return b"NULL" if value is None else b"%d" % value
    if style.is_hex and value:
        return b"0x" + value.hex().upper().encode()
    escapes = {**_ESCAPES, 39: b"''"} if style.doubles_quotes else _ESCAPES
    return style.introducer + b"'" + b"".join(escapes.get(byte, bytes([byte])) for byte in value) + b"'"


def create_table(table: str, columns: Sequence[str]) -> bytes:
    """Return the CREATE TABLE statement as SHOW CREATE TABLE has it, with a key and a comment to stumble over."""
    definitions = [f"  `{column}` varchar(200) NOT NULL COMMENT 'it''s; (one)'" for column in columns]
    keys = [f"  PRIMARY KEY (`{columns[0]}`)", f"  KEY `{columns[1]}` (`{columns[1]}`)"]
    body = ",\n".join(definitions + keys)
    return f"DROP TABLE IF EXISTS `{table}`;\nCREATE TABLE `{table}` (\n{body}\n) ENGINE=InnoDB;\n".encode()


def inserts(table: str, columns: Sequence[str], rows: Sequence[Sequence[Value]], style: Style) -> bytes:
    """Return the INSERT statements of a table."""
    names = f" ({', '.join(f'`{column}`' for column in columns)})" if style.names_columns else ""
    statements = []
    for start in range(0, len(rows), style.rows_a_statement):
        part = rows[start : start + style.rows_a_statement]
        tuples = [b"(" + b",".join(written(value, style) for value in row) + b")" for row in part]
        head = f"INSERT INTO `{table}`{names} VALUES "  # noqa: S608
        statements.append(head.encode() + style.between_rows.join(tuples) + b";" + style.line_break)
    return b"".join(statements)


def yourls_dump(clicks: Sequence[Sequence[Value]], links: Sequence[Sequence[Value]], style: Style) -> bytes:
    """Return a whole dump of YOURLS' tables, in mysqldump's order of tables."""
    return (
        HEAD
        + create_table("yourls_log", LOG_COLUMNS)
        + inserts("yourls_log", LOG_COLUMNS, clicks, style)
        + inserts("yourls_options", ("option_id", "option_value"), [(1, b"it's; (1,'x')")], style)
        + create_table("yourls_url", URL_COLUMNS)
        + inserts("yourls_url", URL_COLUMNS, links, style)
        + TAIL
    )
