"""The gateway as a program of a local run."""

from pathlib import Path

from deploy.local.addresses import Addresses
from deploy.local.envoy import envoy_command
from deploy.local.settings import read


def test_the_gateway_has_as_many_threads_as_it_is_told(tmp_path: Path) -> None:
    """By itself Envoy starts one for each processor of the machine, also in a container that may use half of one."""
    command = envoy_command(read({"LINKMETER_GATEWAY_THREADS": "3"}), Addresses.in_folder(tmp_path), tmp_path, ())
    arguments = list(command.arguments)
    assert arguments[arguments.index("--concurrency") + 1] == "3"
