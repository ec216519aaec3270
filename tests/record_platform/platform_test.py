"""What the tests of the record platform share: a running one, and how its answers are judged."""
import os
import pathlib
import sys
import tempfile
import unittest

from platform_client import Client, Person, Program

PROGRAM = pathlib.Path(sys.argv.pop(1))
DATA = pathlib.Path(os.environ.get("BB_TEST_DATA", pathlib.Path(__file__).parents[3] / "shared/data")) / "healthvault"
HAS_SCHEMAS = (DATA / "xsd").is_dir()
identities = {}  # files of applications, made once

# Two applications: one that may do everything, one with weights alone, read while the person is away.
PEOPLE = """\
people:
  alice: {name: Alice Newman}
  bruno: {name: Bruno Little}
  carol: {name: Carol Newman}
records:
  alice: {name: Alice Newman, holders: {alice: self, carol: custodian}, meaningful_use_opt_in: true}
  bruno: {name: Bruno Little, holders: {bruno: self}, meaningful_use_opt_in: false, bytes_max: 20000}
types:
  11111111-2222-4333-8444-555555555555: {name: House type, element: house}
  11111111-2222-4333-8444-666666666666: {name: Kept type, element: kept, undeletable: true}
  11111111-2222-4333-8444-777777777777: {name: Made by us, element: ours, uncreatable: true}
applications:
  sample: {name: Sample, return_url: https://app.example/back, granted_by: [alice@alice, carol@alice, bruno@bruno]}
  narrow:
    name: Narrow
    return_url: https://narrow.example/back
    types:
      weight: {online: all, offline: [create, read]}
      3a54f95f-03d8-4f62-815f-f691fc94a500: {online: read, optional: true}
    granted_by: [alice@alice]
  older:
    name: Older
    return_url: https://older.example/back
    types:
      5c5f1223-f63c-4464-870c-3e36ba471def: {online: all, offline: all}
    granted_by: [alice@alice]
"""


class PlatformTest(unittest.TestCase):
    arguments = ("--control",)
    people = PEOPLE

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.program = start(cls.folder.name, *cls.arguments, people=cls.people)
        cls.client = Client(cls.program)

    @classmethod
    def tearDownClass(cls):
        cls.client.wire.close()
        status = cls.program.stop()
        cls.folder.cleanup()
        assert status == 0, status

    def of(self, account, record=None, client=None):
        return Person(client or self.client, self.program.person(account), self.program.record(record or account))

    def refused(self, answer, code):
        self.assertEqual((answer.status, answer.code), (200, code), answer.message)
        self.assertTrue(answer.message)
        self.assertIsNone(answer.info)

    def accepted(self, answer):
        self.assertEqual((answer.status, answer.code), (200, 0), answer.message)
        return answer


def start(folder, *arguments, people=PEOPLE):
    file = pathlib.Path(folder) / "people.yaml"
    file.write_text(people)
    kept = pathlib.Path(folder) / "platform"
    kept.mkdir(mode=0o700, exist_ok=True)
    for name, pem in identities.items():
        (kept / name).write_bytes(pem)
    program = Program(PROGRAM, "--folder", kept, "--people", file, *arguments)
    identities.update({made.name: made.read_bytes() for made in kept.glob("application-*.pem")})
    return program


class Fresh:
    """A platform of its own for a few lines."""

    def __init__(self, *arguments, people=PEOPLE):
        self.arguments, self.people = arguments, people

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.program = start(self.folder.name, "--control", *self.arguments, people=self.people)
        self.client = Client(self.program)
        return self

    def of(self, account, record=None, client=None):
        return Person(client or self.client, self.program.person(account), self.program.record(record or account))

    def __exit__(self, *_):
        self.client.wire.close()
        self.program.stop()
        self.folder.cleanup()
