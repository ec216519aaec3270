"""A scaffold of tests that drive connectors: one tool in a folder of its own, and certificates of servers."""
import pathlib
import sys
import tempfile
import unittest

from connectors import Connectors

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "servers"))
from mail_servers import Certificates  # noqa: E402


class ConnectorCase(unittest.TestCase):
    programs = ()  # connector_tool, the folder of the plugins, the host of connectors

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.certificates = Certificates(cls.folder / "certificates")
        cls.tool = Connectors(*cls.programs, cls.folder)
        cls.made = 0  # names of connectors are counted

    @classmethod
    def tearDownClass(cls):
        cls.tool.__exit__()
        cls.temporary.cleanup()
