#!/usr/bin/env python3
"""What the record platform answers, asked over HTTPS by requests written by hand."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_client import *  # noqa: E402,F403

PROGRAM = pathlib.Path(sys.argv.pop(1))


class PlatformTest(unittest.TestCase):
    arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.program = Program(PROGRAM, *cls.arguments)
        cls.client = Client(cls.program)

    @classmethod
    def tearDownClass(cls):
        cls.client.wire.close()
        assert cls.program.stop() == 0

    def of(self, account, record=None):
        return Person(self.client, self.program.person(account), self.program.record(record or account))

    def refused(self, answer, code):
        self.assertEqual((answer.status, answer.code), (200, code), answer.message)
        self.assertTrue(answer.message)

    def accepted(self, answer):
        self.assertEqual((answer.status, answer.code), (200, 0), answer.message)
        return answer


class EndToEndTest(PlatformTest):
    def test_what_is_put_is_got(self):
        self.assertEqual(self.accepted(self.client.create_session()).info.tag,
                         "{" + ANSWERS + "CreateAuthenticatedSessionToken2}info")
        alice = self.of("alice")
        keys = self.accepted(alice.put(thing(weight(71.5)), thing(weight(70.5, (2014, 2, 1))))).keys()
        self.assertEqual(len(set(keys)), 2)
        answer = self.accepted(alice.get())
        self.assertEqual(answer.info.tag, "{" + ANSWERS + "GetThings3}info")
        self.assertEqual(answer.texts("kg"), ["70.5", "71.5"], "newest first")
        self.assertEqual(answer.keys(), keys[::-1])


if __name__ == "__main__":
    unittest.main()
