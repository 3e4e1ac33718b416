"""The whole system as a set of programs that can be started, stopped and killed one by one."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict

from deploy.local import databases, external, parts
from deploy.local.addresses import Addresses
from deploy.local.data_folder import DataFolder
from deploy.local.envoy import envoy_command
from deploy.local.parts import Context, Part
from deploy.local.postgres import PostgresServer
from deploy.local.process import Process
from deploy.local.readiness import NotReadyError, wait_all_ready
from deploy.local.settings import LocalSettings
from deploy.local.valkey import ValkeyServer

ROLE = "linkmeter"
DATABASE = "linkmeter"
# The gateway first: nobody new comes in. Redirect while analytics still takes its clicks, which are safe without being
# settled. The data last.
STOP_ORDER = ("envoy", "redirect", "compat", "links", "settle", "analytics", "valkey", "postgres")
_MIGRATED = ("links", "analytics")

Say = Callable[[str], None]


class Stack:
    """The programs of one installation on this machine."""

    def __init__(
        self,
        settings: LocalSettings,
        folder: DataFolder,
        *,
        api_key: str = "",
        addresses: Addresses | None = None,
        say: Say = print,
    ) -> None:
        """Describe the programs of a held folder; without addresses they listen on sockets in it, for us alone."""
        self.settings = settings
        self.addresses = addresses or Addresses.in_folder(folder.sockets)
        self.postgres_url = settings.postgres_url
        self.redis_url = settings.redis_url
        self.parts: dict[str, Part] = {}
        self.processes: dict[str, Process] = {}
        self._folder = folder
        self._api_key = api_key
        self._say = say

    def start(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Bring everything up from whatever is there; raise NotReadyError naming what does not come up.

        meanwhile: what is done while the services start; tables are up to date then.
        """
        self._start_servers()
        self._describe_services()
        self._migrate()
        self._start_services(meanwhile)

    def stop(self) -> None:
        """End everything in order."""
        for name in STOP_ORDER:
            if name in self.processes:
                self.stop_part(name)

    def kill(self) -> None:
        """End everything at once."""
        for process in self.processes.values():
            process.kill()

    def start_part(self, name: str) -> None:
        """Start one program without waiting for it."""
        self.processes[name] = Process(self.parts[name].command, self._folder.logs)

    def stop_part(self, name: str) -> None:
        """End one program in order."""
        self.processes[name].stop()

    def kill_part(self, name: str) -> None:
        """Kill one program."""
        self.processes[name].kill()

    def is_ready(self, name: str) -> bool:
        """Return whether a program runs and answers."""
        return self.processes[name].is_running and self.parts[name].is_ready()

    def wait_ready(self, *names: str) -> None:
        """Wait until the programs answer."""
        wait_all_ready([(self.processes[name], self.parts[name].is_ready) for name in names])

    def _start_servers(self) -> None:
        postgres = self._describe_postgres() if not self.settings.postgres_url else None
        if not self.settings.redis_url:
            self._describe_valkey()
        external.check(self.settings)
        names = tuple(self.parts)
        for name in names:
            self.start_part(name)
        self.wait_ready(*names)
        if postgres is not None:
            password = self._folder.password("role")
            databases.ensure_role(postgres.admin_url(), ROLE, password)
            databases.ensure_database(postgres.admin_url(), DATABASE, ROLE)
            self.postgres_url = postgres.url(ROLE, password, DATABASE)
        if names:
            self._say(f"{' and '.join(_title(name) for name in names)}: ready")

    def _describe_postgres(self) -> PostgresServer:
        server = PostgresServer(
            folder=self._folder.postgres,
            sockets=self._folder.postgres_sockets,
            admin_password=self._folder.password("admin"),
            inherited_files=self._folder.inherited_files,
        )
        if not server.folder.exists():
            self._say("PostgreSQL: making the database ...")
        server.prepare()
        self.parts["postgres"] = parts.postgres_part(server.command(), server.address)
        return server

    def _describe_valkey(self) -> None:
        server = ValkeyServer(
            folder=self._folder.valkey,
            socket=self._folder.sockets / "valkey",
            inherited_files=self._folder.inherited_files,
        )
        server.prepare()
        self.parts["valkey"] = parts.valkey_part(server.command(), server.address)
        self.redis_url = server.url()

    def _describe_services(self) -> None:
        context = Context(
            settings=self.settings,
            addresses=self.addresses,
            secret=self._folder.secret(),
            postgres_url=self.postgres_url,
            redis_url=self.redis_url,
            outbox=self._folder.outbox,
            cache=self._folder.cache,
            api_key=self._api_key,
            inherited_files=self._folder.inherited_files,
        )
        gateway = envoy_command(self.settings, self.addresses, self._folder.run, self._folder.inherited_files)
        for part in (*parts.service_parts(context), parts.envoy_part(gateway, self.settings.port)):
            self.parts[part.name] = part
        self._folder.write_operator_settings(parts.operator_settings(context))
        (self._folder.run / "addresses.json").write_text(json.dumps(asdict(self.addresses), indent=2) + "\n")

    def _migrate(self) -> None:
        running = [Process(parts.migration(self.parts[name]), self._folder.logs) for name in _MIGRATED]
        for process in running:
            _wait_for_end(process)
        self._say("Tables: up to date")

    def _start_services(self, meanwhile: Callable[[], None]) -> None:
        names = [name for name in reversed(STOP_ORDER) if name not in ("valkey", "postgres")]
        self._say(f"Starting {', '.join(_title(name) for name in names)} ...")
        check = Process(parts.segments_check(self.parts["analytics"]), self._folder.logs)
        for name in names:
            self.start_part(name)
        meanwhile()
        self.wait_ready(*names)
        _wait_for_end(check, is_required=False)
        if check.exit_status:
            # Links work all the same, and of statistics what needs none of these files.
            self._say(check.log_tail().strip().rpartition("\n")[2])


def _wait_for_end(process: Process, timeout_seconds: float = 900.0, *, is_required: bool = True) -> None:
    deadline = time.monotonic() + timeout_seconds
    while process.is_running and time.monotonic() < deadline:
        time.sleep(0.02)
    if is_required and process.exit_status != 0:
        raise NotReadyError(f"{process.command.name} {process.describe_end()}:\n{process.log_tail()}")


def _title(name: str) -> str:
    return {"postgres": "PostgreSQL", "valkey": "Valkey", "envoy": "Envoy"}.get(name, name)
