#!/usr/bin/env python3
"""The control interface: what was asked, faults on demand, the clock, and what is stored."""
import pathlib
import sys
import time
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_client import *  # noqa: E402,F403
from platform_test import PROGRAM, Fresh, PlatformTest  # noqa: E402


class ControlTest(PlatformTest):
    def setUp(self):
        self.client.control("faults", method="DELETE")
        self.client.control("journal", method="DELETE")
        self.alice = self.of("alice")

    def last(self):
        return self.client.control("journal", method="GET")["requests"][-1]

    def test_only_who_has_the_token_gets_in(self):
        path = "/double/journal"
        for headers in ({}, {"Authorization": "Bearer x"}):
            self.assertEqual(self.client.wire.send("GET", path, headers=headers)[0], 401)

    def test_without_control_it_is_not_there(self):
        program = Program(PROGRAM)
        try:
            self.assertNotIn("control", program.ready)
            self.assertEqual(Wire(program.ready).send("GET", "/double/journal")[0], 404)
        finally:
            program.stop()

    def test_the_journal_says_what_was_right(self):
        self.accepted(self.alice.put(thing(weight(1))))
        entry = self.last()
        self.assertEqual({name: entry[name] for name in ("method", "version", "application", "person", "record", "code", "envelope",
                                                         "info_hash", "header_code", "in_time", "repeated")},
                         {"method": "PutThings", "version": 2, "application": self.client.app["id"],
                          "person": self.program.person("alice"), "record": self.program.record("alice"), "code": 0,
                          "envelope": True, "info_hash": True, "header_code": True, "in_time": True, "repeated": False})
        self.alice.put(thing(weight(1)), alter_info=lambda text: text.replace("<info>", "<info> "))
        self.assertEqual((self.last()["info_hash"], self.last()["code"]), (False, 4))
        self.alice.put(thing(weight(1)), alter=lambda text: text.replace("en-US", "en"))
        self.assertEqual((self.last()["header_code"], self.last()["info_hash"]), (False, None))
        self.alice.get(time=utc(-9000))
        self.assertEqual((self.last()["in_time"], self.last()["code"]), (False, 49))
        self.client.post("<x/>")
        self.assertEqual((self.last()["envelope"], self.last()["code"]), (False, 3))
        body = self.client.signed("PutThings", 2, f"<info>{thing(weight(2))}</info>", **self.alice.header)
        self.client.post(body), self.client.post(body)
        self.assertTrue(self.last()["repeated"])
        for proposed, is_fresh in ((None, None), (b"a" * 32, True), (b"b" * 32, True), (b"a" * 32, False), (b"c" * 31, False)):
            self.client.create_session(proposed=proposed)
            self.assertIs(self.last()["fresh_secret"], is_fresh, proposed)
        journal = str(self.client.control("journal", method="GET"))
        self.assertNotIn(self.client.token, journal)
        self.assertNotIn(encode(self.client.secret), journal)

    def test_a_request_that_hangs_is_seen_while_it_lasts(self):
        self.client.control("faults", {"method": "GetThings", "fault": "hang", "wait_ms": 3000})
        asker = threading.Thread(target=self.alice.get)
        asker.start()
        try:
            while not any(one.get("fault") == "hang" for one in Client(self.program).control("journal", method="GET")["requests"]):
                self.assertTrue(asker.is_alive(), "it was over before it was seen")
        finally:
            asker.join()

    def test_faults_come_as_often_as_they_were_asked_for(self):
        self.client.control("faults", {"method": "GetThings", "fault": "code", "code": 152, "count": 2})
        self.assertEqual([self.alice.get().code for _ in range(3)], [152, 152, 0])
        self.client.control("faults", {"method": "*", "fault": "wrong_namespace"})
        self.assertNotEqual(self.alice.get().info.tag, "{" + ANSWERS + "GetThings3}info")
        self.client.control("faults", {"method": "GetThings", "fault": "http_500"})
        body = self.client.signed("GetThings", 3, f"<info>{group()}</info>", **self.alice.header)
        self.assertEqual(self.client.wire.send("POST", self.client.wire.url.path, body)[0], 500)

    def cut(self, fault, method="GetThings", info=None, **more):
        self.client.control("faults", {"method": method, "fault": fault, **more})
        body = self.client.signed(method, 3 if method == "GetThings" else 2, info or f"<info>{group()}</info>", **self.alice.header)
        wire = Wire(self.program.ready)
        connection = http.client.HTTPSConnection(wire.url.netloc, context=wire.context, timeout=10)
        begin = time.monotonic()
        try:
            connection.request("POST", wire.url.path, body)
            answer = connection.getresponse()
            return len(answer.read()), time.monotonic() - begin
        except (http.client.IncompleteRead, http.client.RemoteDisconnected, OSError) as why:
            return type(why).__name__, time.monotonic() - begin
        finally:
            connection.close()

    def test_answers_are_cut_lost_late_or_never_there(self):
        self.assertEqual(self.cut("truncated")[0], "IncompleteRead")
        self.assertIn(self.cut("no_answer")[0], ("RemoteDisconnected", "SSLEOFError"))
        what, seconds = self.cut("hang", wait_ms=700)
        self.assertIn(what, ("RemoteDisconnected", "SSLEOFError"))
        self.assertGreaterEqual(seconds, 0.7)
        size, seconds = self.cut("slow")
        self.assertGreater(size, 100)
        self.assertGreaterEqual(seconds, 1)

    def test_a_lost_answer_was_stored_all_the_same(self):
        self.assertIn(self.cut("answer_lost", "PutThings", f"<info>{thing(weight(17.5))}</info>")[0], ("RemoteDisconnected", "SSLEOFError"))
        self.assertIn(17.5, self.alice.kilograms())

    def test_a_fault_that_is_none_is_refused(self):
        with self.assertRaisesRegex(RuntimeError, "422.*http_500"):
            self.client.control("faults", {"fault": "explode"})

    def test_sessions_can_be_ended_and_what_is_stored_is_listed(self):
        key = self.accepted(self.alice.put(thing(weight(3)))).keys()[0]
        self.client.control("expire-sessions", {})
        self.refused(self.alice.get(), 65)
        self.client.token = None
        things = self.client.control(f"things?record={self.program.record('alice')}", method="GET")["things"]
        mine = next(one for one in things if one["id"] == key[0])
        self.assertEqual((mine["version"], mine["state"], mine["current"], mine["data"]), (key[1], "Active", True, weight(3)))

    def test_what_subscribers_would_be_told_has_a_right_code(self):
        key = b"k" * 32
        self.accepted(self.alice.put(thing(weight(1))))
        time.sleep(0.01)
        answer = self.accepted(self.client.call("SubscribeToEvent", 1, (
            "<info><subscription><common><notification-authentication-info><hv-eventing-shared-key>"
            f"<notification-key>{encode(key)}</notification-key><notification-key-version-id>7</notification-key-version-id>"
            "</hv-eventing-shared-key></notification-authentication-info><notification-channel><http-notification-channel>"
            "<url>https://a.example/x</url></http-notification-channel></notification-channel></common><record-item-changed-event>"
            f"<filters><filter><type-ids><type-id>{WEIGHT}</type-id></type-ids></filter></filters></record-item-changed-event>"
            "</subscription></info>")))
        self.assertEqual(self.client.control("notices", method="GET")["notices"], [])
        key_of_thing = self.accepted(self.alice.put(thing(weight(2)))).keys()[0]
        self.accepted(self.alice.put(thing(weight(3), key=key_of_thing)))
        self.accepted(self.alice.put(thing("<height><when><date><y>2014</y></date></when><value><m>1.7</m></value></height>", HEIGHT)))
        notice, = self.client.control("notices", method="GET")["notices"]
        id_ = answer.text("subscription-id")
        code = encode(hmac.new(key, notice["body"].encode(), hashlib.sha256).digest())
        self.assertEqual((notice["subscription"], notice["url"], notice["headers"]),
                         (id_, "https://a.example/x", {"Authorization": f"HVEventingSharedKey {id_}:7:{code}"}))
        root = ElementTree.fromstring(notice["body"])
        self.assertEqual([e.text for e in root.iter("thing-id")], [key_of_thing[0]])
        self.assertEqual(root.findtext(".//record-id"), self.program.record("alice"))

    def test_a_code_can_be_claimed_without_a_browser(self):
        code = self.accepted(self.client.call("CreateConnectRequest", 1, "<info><friendly-name>C</friendly-name><question>q</question>"
                                                                         "<answer>A</answer><external-id>E-1</external-id></info>")).text("identity-code")
        with self.assertRaisesRegex(RuntimeError, "73"):
            self.client.control("claim", {"code": code, "answer": "b", "person": "bruno", "record": self.program.record("bruno")})
        self.client.control("claim", {"code": code, "answer": "a", "person": "bruno", "record": self.program.record("bruno")})
        answer = self.accepted(self.client.call("GetAuthorizedConnectRequests", 1, "<info/>"))
        self.assertEqual(answer.text("external-id"), "E-1")

    def test_a_package_that_cannot_be_stored_leaves_nothing(self):
        data = ("<password-protected-package><encrypt-algorithm><algorithm-name>hmac-sha256-aes256</algorithm-name><parameters>"
                "<salt>c2FsdA==</salt><iteration-count>20000</iteration-count><key-length>256</key-length></parameters>"
                "</encrypt-algorithm></password-protected-package>")
        url = self.accepted(self.client.call("BeginPutConnectPackageBlob", 1)).text("blob-ref-url").replace("&", "&amp;")
        code = self.accepted(self.client.call(
            "CreateConnectPackage", 2, f"<info><friendly-name>C</friendly-name><question>q</question><external-id>E-2</external-id><package>"
            f"<type-id>{PACKAGE}</type-id><data-xml>{data}</data-xml></package><streamed-package-blobs><blob-in-package-ref-url>{url}"
            "</blob-in-package-ref-url></streamed-package-blobs></info>")).text("identity-code")
        bruno = {"person": "bruno", "record": self.program.record("bruno")}
        for _ in range(2):
            with self.assertRaisesRegex(RuntimeError, "102"):  # no bytes came
                self.client.control("claim", {"code": code, **bruno})
        things = self.client.control("things?record=" + bruno["record"], method="GET")["things"]
        self.assertNotIn(PACKAGE, [t["type"] for t in things])

    def test_the_clock_is_not_moved_beyond_its_numbers(self):
        for offset, years in ((2**62, 100), (-2**62, -100)):
            there = int(self.client.control("clock", {"offset_seconds": offset})["now"][:4])
            self.assertAlmostEqual(there - int(utc()[:4]), years, delta=1)
        self.client.control("clock", {"offset_seconds": 0})

    def test_what_was_temporary_goes_at_the_end(self):
        program = Program(PROGRAM)
        folder = pathlib.Path(program.ready["ca_file"]).parent
        self.assertTrue((folder / "platform.sqlite").exists())
        Client(program).create_session()
        self.assertEqual(program.stop(), 0)
        self.assertFalse(folder.exists())

    def test_it_ends_within_a_second_while_somebody_hangs(self):
        with Fresh() as fresh:
            fresh.client.control("faults", {"fault": "hang"})
            wire = Wire(fresh.program.ready)
            connection = http.client.HTTPSConnection(wire.url.netloc, context=wire.context, timeout=10)
            connection.request("POST", wire.url.path, "<x/>")
            time.sleep(0.2)
            begin = time.monotonic()
            self.assertEqual(fresh.program.stop(), 0)
            self.assertLess(time.monotonic() - begin, 2)
            self.assertTrue(pathlib.Path(fresh.program.ready["ca_file"]).exists(), "a folder that was named stays")
            connection.close()


if __name__ == "__main__":
    unittest.main()
