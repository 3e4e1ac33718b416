"""Backups: python -m deploy.backup create FILE|FOLDER, restore FILE, verify FILE, prune FOLDER."""

import argparse
import logging
import os
import sys
from pathlib import Path

import asyncpg

from deploy.backup import restore as restoring
from deploy.backup import segments
from deploy.backup.archive import Archive, open_archive
from deploy.backup.create import create
from deploy.backup.dump_script import script_of
from deploy.backup.errors import BackupError
from deploy.backup.installation import found
from deploy.backup.settings import BackupSettings, read
from deploy.backup.tools import Tools
from deploy.local import databases
from deploy.local.errors import CannotStartError
from services.analytics.segments.saving import FOLDER
from services.runtime.settings import SettingsError

_CATCH_UP_SECONDS = 30.0


def main() -> int:
    """Do what the command line says."""
    arguments = _parser().parse_args()
    # What a service would log of damaged files is said once, by what is refused because of them.
    logging.disable()
    try:
        settings = read(os.environ)
        match arguments.verb:
            case "create":
                _create(settings, arguments)
            case "restore":
                _restore(settings, arguments)
            case "prune":
                _say(f"{segments.prune(arguments.folder)} files deleted that no backup in {arguments.folder} names")
            case _:
                _verify(open_archive(arguments.file), arguments)
    except (BackupError, CannotStartError, SettingsError) as problem:
        sys.stderr.write(f"linkmeter: {problem}\n")
        return 1
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
        # Without the address, which may hold a password.
        sys.stderr.write(f"linkmeter: {type(problem).__name__}: {problem}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.backup",
        description="The installation is that of LINKMETER_POSTGRES_URL, else of LINKMETER_DATA_DIR (.data).",
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    making = verbs.add_parser("create", help="back up, while everything runs")
    making.add_argument("target", type=Path, metavar="FOLDER|FILE")
    making.add_argument(
        "--catch-up-seconds", type=float, default=_CATCH_UP_SECONDS, help="how long to wait for outboxes"
    )
    putting = verbs.add_parser("restore", help="put a backup back, while nothing runs")
    putting.add_argument("file", type=Path, metavar="FILE")
    putting.add_argument("--replace", action="store_true", help="replace what is there")
    putting.add_argument(
        "--outboxes-lost", action="store_true", help="count clicks of outboxes that are not here as lost"
    )
    putting.add_argument("--keep-owners", action="store_true", help="give tables to the roles that they had")
    checking = verbs.add_parser("verify", help="read a backup whole")
    checking.add_argument("file", type=Path, metavar="FILE")
    checking.add_argument("--rehearse", action="store_true", help="restore it into a database that is thrown away")
    pruning = verbs.add_parser("prune", help="delete the files of settled clicks that no backup in a folder names")
    pruning.add_argument("folder", type=Path, metavar="FOLDER")
    return parser


def _create(settings: BackupSettings, arguments: argparse.Namespace) -> None:
    with found(settings) as installation:
        made = databases.run(create(installation, arguments.target, catch_up_seconds=arguments.catch_up_seconds))
    _say(f"{made.file}: {made.file.stat().st_size} bytes, as of {made.manifest.create_time}")
    if made.manifest.segments:
        folder = made.file.parent / FOLDER
        _say(f"{folder}: {len(made.manifest.segments)} files belong to it, {made.copied.files} of them new")
    _say("It holds accounts and visitors" + (", and the installation's secret" if installation.secret else ""))
    if not made.manifest.is_caught_up:
        _say("Note: some outbox was late; its last clicks are not in the backup. Is analytics up?")


def _restore(settings: BackupSettings, arguments: argparse.Namespace) -> None:
    archive = open_archive(arguments.file)
    wishes = restoring.Wishes(
        replace=arguments.replace, outboxes_lost=arguments.outboxes_lost, keep_owners=arguments.keep_owners
    )
    restoring.restore(settings, archive, wishes, _say)


def _verify(archive: Archive, arguments: argparse.Namespace) -> None:
    archive.check()
    files = segments.of(archive)
    databases.run(segments.check(archive.path.parent, files))
    with archive.dump() as dump:
        for _ in script_of(dump, Tools.for_database(""), [], drops_timeout=False):
            pass
    if arguments.rehearse:
        restoring.rehearse(archive)
    if archive.manifest is None:
        _say(f"{archive.path}: a dump without account of what it should hold")
        return
    rows = sum(archive.manifest.rows.values())
    _say(f"{archive.path}: whole, as of {archive.manifest.create_time}, {rows} rows, {len(files)} files")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
