"""The command line that JupyterLab gets. That it works is held by tests/cli/test_lab.py and by the browser tests."""

import doctest
from pathlib import Path

import fwlab.jupyter.launch
from fwlab.jupyter.launch import arguments_for


def test_the_example_holds() -> None:
    assert doctest.testmod(fwlab.jupyter.launch).failed == 0


def test_a_folder_is_one_argument_whatever_its_name() -> None:
    assert "--ServerApp.root_dir=/my work/the course" in arguments_for(Path("/my work/the course"))


def test_a_port_that_was_asked_for_is_the_only_one_tried() -> None:
    assert {"--ServerApp.port=8890", "--ServerApp.port_retries=0"} <= set(arguments_for(Path(), port=8890))
    assert not [argument for argument in arguments_for(Path()) if argument.startswith("--ServerApp.port")]


def test_the_server_listens_on_this_machine_only() -> None:
    assert "--ServerApp.ip=127.0.0.1" in arguments_for(Path())
