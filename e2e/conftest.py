import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from server import Server  # noqa: E402


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One server for the tests that only add to it."""
    with Server(tmp_path_factory.mktemp("shared") / "data") as running:
        yield running
        assert running.stop() == 0, running.output()


@pytest.fixture
def own_server(tmp_path):
    """A server for one test, not started yet."""
    server = Server(tmp_path / "data")
    yield server
    if server.process is not None:
        server.kill()
