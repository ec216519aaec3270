#!/usr/bin/python3
"""The HealthVault connector: signed in, read, written, and what it does where the platform fails.

    connector_test.py PLATFORM CONNECTOR_TOOL PLUGIN_FOLDER CONNECTOR_HOST

What is stored is read by a client that shares nothing with our toolkit.
"""
import base64
import email
import email.policy
import json
import os
import pathlib
import re
import shutil
import socket
import sys
import tempfile
import unittest
import urllib.parse
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).parent))
PROGRAMS = sys.argv[1:5]
from sides import *  # noqa: E402,F403
from shell_test import Browser  # noqa: E402  (takes the platform's program from the arguments)

RECORD = (pathlib.Path(__file__).parents[2] / "samples/records/alice.xml").read_bytes()
SAMPLES = (pathlib.Path(os.environ.get("BB_TEST_DATA") or pathlib.Path(__file__).parents[3] / "shared" / "data")
           / "healthvault" / "sample-xml")
CCR = b'<ContinuityOfCareRecord xmlns="urn:astm-org:CCR"><CCRDocumentObjectID>1</CCRDocumentObjectID></ContinuityOfCareRecord>'
OTHER_CDA = (b'<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>'
             b'<id root="2.25.1"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/><title>Note</title></ClinicalDocument>')


def setUpModule():
    global side
    side = Side(*PROGRAMS)


def tearDownModule():
    side.close()


def target_query(challenge):
    """What the shell gives on to the page that a challenge leads to."""
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(challenge["url"]).query))
    return dict(urllib.parse.parse_qsl(query["targetqs"]))


def canonical(xml):
    return ElementTree.canonicalize(xml.decode() if isinstance(xml, bytes) else xml)


class ConnectorTest(unittest.TestCase):
    def setUp(self):
        for what in ("faults", "journal"):
            side.client.control(what, method="DELETE")
        side.client.control("clock", {"offset_seconds": 0})
        side.client.control("grant", {"application": side.client.app["id"], "person": "alice",
                                      "record": side.program.record("alice")})
        side.tool.ask(exchanges=True)
        self.key = self.id()

    def refused(self, status, *arguments, **more):
        with self.assertRaises(Refused) as caught:
            side.call(*arguments, **more)
        self.assertEqual(caught.exception.status, status, caught.exception.message)
        return caught.exception


class SessionTest(ConnectorTest):
    def test_ids_that_are_known_open_a_record(self):
        person, record = side.ids("alice")
        name = side.make()
        session = side.call(name, "session", "open", method="signed_request", account=person.upper())["emitted"]["session"]
        self.assertEqual((session["subject"], session["patient"]), (person, record))
        self.assertEqual(side.call(name, "session", "describe")["emitted"]["session"]["patient"], record)
        self.refused("BB_E_STATE", name, "session", "open", method="signed_request", account=person)
        side.call(name, "session", "close")
        self.refused("BB_E_UNAUTHENTICATED", name, "view", "list")

    def test_nobody_reaches_a_record_that_is_not_theirs(self):
        person, record = side.ids("bruno")[0], side.program.record("alice")
        name = side.make()
        self.refused("BB_E_FORBIDDEN", name, "session", "open", method="signed_request", account=person, patient=record)
        self.refused("BB_E_UNAUTHENTICATED", name, "session", "open", method="signed_request",
                     account="00000000-0000-4000-8000-000000000000", patient=record)

    def test_a_caregiver_reads_a_shared_record(self):
        carol, record = side.ids("carol", "alice")
        name = side.make()
        session = side.call(name, "session", "open", method="signed_request", account=carol, acting_for=record)["emitted"]["session"]
        self.assertEqual((session["subject"], session["patient"], session["acting_for"]), (carol, record, record))
        side.call(name, "view", "list")

    def test_a_wrong_key_or_thumbprint_opens_nothing(self):
        name = side.make(thumbprint="00" * 20)
        failure = self.refused("BB_E_UNAUTHENTICATED", name, "session", "open", method="signed_request", account=side.ids("alice")[0])
        self.assertIn(failure.code, (6, 70))

    def redirect(self, name, state):
        reply = side.tool.ask(on=name, interface="bb.session/1", function="open", timeout_ms=20000,
                              arguments={"method": "user_redirect", "state": state, "redirect_uri": "https://app.example/back"})
        self.assertEqual(reply["status"], "BB_E_PENDING", reply["message"])
        return reply["emitted"]["challenge"]

    def come_back(self, name, challenge, state, location):
        return side.call(name, "session", "resume", resume_state=challenge["resume_state"], response=location,
                         request={"method": "user_redirect", "state": state, "redirect_uri": "https://app.example/back"})

    def consent(self, challenge, account, decision="yes"):
        """What the person's browser is sent back to."""
        browser = Browser(side.program)
        self.addCleanup(browser.wire.close)
        query = target_query(challenge)
        self.assertEqual(query["appid"], side.client.app["id"])
        _, location, text = browser.visit("APPAUTH", account, **query)
        if location is None:
            _, location, _ = browser.decide(text, decision)
        return location

    def test_a_person_consents_in_a_browser(self):
        name = side.make()
        challenge = self.redirect(name, "state-1")
        session = self.come_back(name, challenge, "state-1", self.consent(challenge, "bruno"))["emitted"]["session"]
        self.assertEqual(session["patient"], side.program.record("bruno"))
        side.call(name, "view", "list")

    def test_a_return_of_another_session_is_refused(self):
        name = side.make()
        challenge = self.redirect(name, "state-2")
        location = self.consent(challenge, "bruno")
        other = self.redirect(name, "state-3")
        with self.assertRaises(Refused) as caught:
            self.come_back(name, other, "state-3", location)
        self.assertEqual(caught.exception.status, "BB_E_INVALID_ARGUMENT")

    def test_no_consent_is_no_session(self):
        name = side.make()
        challenge = self.redirect(name, "state-4")
        actionqs = target_query(challenge)["actionqs"]
        query = urllib.parse.urlencode({"target": "APPAUTHREJECT", "actionqs": actionqs})
        with self.assertRaises(Refused) as caught:
            self.come_back(name, challenge, "state-4", f"https://app.example/back?{query}")
        self.assertEqual(caught.exception.status, "BB_E_CONSENT_REQUIRED")
        query = urllib.parse.urlencode({"target": "SOMETHINGELSE", "actionqs": actionqs, "wctoken": "x"})
        with self.assertRaises(Refused) as caught:
            self.come_back(name, challenge, "state-4", f"https://app.example/back?{query}")
        self.assertEqual(caught.exception.status, "BB_E_PROTOCOL")

    def test_a_connect_request_binds_a_record(self):
        name = side.make()
        request = {"method": "signed_request", "extra": {"external_id": "MRN-1", "question": "Colour?", "answer": "Deep blue"}}
        reply = side.tool.ask(on=name, interface="bb.session/1", function="open", arguments=request, timeout_ms=20000)
        self.assertEqual(reply["status"], "BB_E_PENDING", reply["message"])
        challenge = reply["emitted"]["challenge"]
        query = target_query(challenge)
        self.assertNotIn("blue", challenge["url"])
        # Who comes back too early is shown the same way again; who begins anew is told what waits.
        early = side.tool.ask(on=name, interface="bb.session/1", function="resume", timeout_ms=20000, arguments={
            "request": request, "resume_state": challenge["resume_state"], "response": "https://app.example/"})
        self.assertEqual((early["status"], early["emitted"]["challenge"]["url"]), ("BB_E_PENDING", challenge["url"]))
        self.assertIn("waits for the person", self.refused("BB_E_CONSENT_REQUIRED", name, "session", "open", **request).message)
        person, record = side.ids("alice")
        side.client.control("claim", {"code": query["packageid"], "answer": "deep BLUE", "person": person, "record": record})
        session = side.call(name, "session", "resume", request=request, resume_state=challenge["resume_state"], response="https://app.example/")["emitted"]["session"]
        self.assertEqual((session["subject"], session["patient"]), (person, record))

    def device(self, **config):
        """A connector of a device's application that bruno agreed to, and the device's shared secret."""
        made = side.client.anonymous("NewApplicationCreationInfo", 1, "<info/>")
        secret = made.text("shared-secret")
        browser = Browser(side.program)
        self.addCleanup(browser.wire.close)
        _, _, text = browser.visit("CREATEAPPLICATION", "bruno", appid=side.client.app["id"], appCreationToken=made.text("app-token"))
        browser.decide(text)
        file = side.folder / f"device-{made.text('app-id')}.secret"
        file.write_text(secret + "\n")
        return side.make(device=file, app_id=made.text("app-id"), **config), secret, made.text("app-id")

    def test_a_device_signs_in_by_its_secret(self):
        name, secret, _ = self.device()
        person, record = side.ids("bruno")
        session = side.call(name, "session", "open", method="signed_request", account=person, patient=record)["emitted"]["session"]
        self.assertEqual((session["subject"], session["patient"]), (person, record))
        side.call(name, "view", "list")
        sent = "".join(exchange["sent"] for exchange in side.tool.ask(exchanges=True)["exchanges"])
        self.assertNotIn(secret, sent)
        self.assertNotIn("<sig ", sent)
        self.assertEqual(side.probe(name, "healthvault-session-wrong-signature")["code"], 4)
        self.refused("BB_E_UNSUPPORTED", name, "probe", "run", name="healthvault-session-wrong-thumbprint", arguments={})

    def test_a_device_with_another_secret_opens_nothing(self):
        _, _, app = self.device()
        other = base64.b64encode(bytes(32)).decode()
        for text, status in ((other, "BB_E_UNAUTHENTICATED"), ("no base64 at all!", "BB_E_INVALID_ARGUMENT")):
            file = side.folder / "other.secret"
            file.write_text(text)
            wrong = side.make(device=file, app_id=app)
            self.refused(status, wrong, "session", "open", method="signed_request", account=side.ids("bruno")[0])

    def test_a_device_has_no_key_beside_its_secret(self):
        with self.assertRaisesRegex(ValueError, "/device_secret and /key"):
            side.make(device=side.identity, key="key")
        with self.assertRaisesRegex(ValueError, "/key.*is missing"):
            side.make(key=None)

    def test_what_is_recorded_holds_no_secret(self):
        name = side.signed_in()
        side.call(name, "view", "list")
        exchanges = side.tool.ask(exchanges=True)["exchanges"]
        self.assertGreaterEqual(len(exchanges), 3)
        wire = "".join(exchange["sent"] + exchange["received"] for exchange in exchanges)
        for element in ("auth-token", "shared-secret", "token"):
            found = re.findall(rf"<{element}(?:\s[^>]*)?>([^<]*)", wire)
            self.assertTrue(found, element)
            self.assertEqual([content for content in found if not content.startswith("[secret ")], [])


class InstancesTest(unittest.TestCase):
    """HV-SHELL-08: two platforms of one topology, with one application and a person each."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="healthvault-instances-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        url = f"https://127.0.0.1:{port}"
        cls.first = cls.platform("first", {"other_instances": {
            "2": {"name": "EU", "platform_url": f"{url}/platform/wildcat.ashx", "shell_url": f"{url}/", "countries": ["DE"]}}})
        cls.identity = cls.first.application()["identity_file"]
        cls.second = cls.platform("second", {"instance": {"id": "2", "name": "EU"}}, certificate=cls.identity, port=port)
        cls.authorities = cls.folder / "both.pem"
        cls.authorities.write_text("".join(pathlib.Path(one.ready["ca_file"]).read_text() for one in (cls.first, cls.second)))

    @classmethod
    def platform(cls, name, more, certificate=None, port=0):
        people = cls.folder / f"{name}.yaml"
        people.write_text(json.dumps({
            "people": {"dora": {"name": "Dora Newman"}}, "records": {"dora": {"holders": {"dora": "self"}}},
            "applications": {"sample": {**({"certificate": certificate} if certificate else {})}}, **more}))
        return Program(PROGRAMS[0], "--control", "--folder", cls.folder / name, "--people", people, "--port", str(port))

    @classmethod
    def tearDownClass(cls):
        for one in (cls.first, cls.second):
            one.stop()
        shutil.rmtree(cls.folder)

    def come_back(self, instances, change=lambda location: location):
        """Leaves for the first platform's shell, and comes back from the second's."""
        side.names += 1
        name = f"instances-{side.names}"
        config = {"platform_url": self.first.ready["url"], "shell_url": self.first.ready["shell_url"], "key": "key",
                  "app_id": self.first.application()["id"], "thumbprint": thumbprint(self.identity),
                  **({"instances": instances} if instances else {})}
        made = side.tool.ask(make=name, type="org.bluebridge.healthvault.record", config=config, secrets={"key": self.identity},
                             ca_file=str(self.authorities))
        self.assertNotIn("error", made)
        request = {"method": "user_redirect", "state": f"state of {name}", "redirect_uri": "https://app.example/back"}
        challenge = side.tool.ask(on=name, interface="bb.session/1", function="open", arguments=request, timeout_ms=20000)["emitted"]["challenge"]
        browser = Browser(self.second)
        self.addCleanup(browser.wire.close)
        _, location, text = browser.visit("APPAUTH", "dora", **target_query(challenge))
        if location is None:
            _, location, _ = browser.decide(text)
        return name, side.call(name, "session", "resume", resume_state=challenge["resume_state"], response=change(location), request=request)

    def asked(self, program):
        client = Client(program, identity=self.identity)
        requests = client.control("journal", method="GET")["requests"]
        client.control("journal", method="DELETE")
        client.wire.close()
        return [one["method"] for one in requests]

    def setUp(self):
        for program in (self.first, self.second):
            self.asked(program)

    def test_a_person_of_another_instance_is_read_there(self):
        name, session = self.come_back([self.second.ready["url"]])
        self.assertEqual(session["emitted"]["session"]["patient"], self.second.record("dora"))
        side.call(name, "view", "list")
        self.assertEqual(self.asked(self.first), ["GetServiceDefinition"])
        self.assertIn("GetThings", self.asked(self.second))

    def test_what_the_configuration_does_not_name_is_not_followed(self):
        with self.assertRaises(Refused) as caught:
            self.come_back(["https://platform.example/platform/wildcat.ashx"])
        self.assertEqual(caught.exception.status, "BB_E_FORBIDDEN")
        self.assertEqual(self.asked(self.second), [])

    def test_an_instance_that_there_is_not_is_told(self):
        for wrong in ("3", self.second.ready["url"]):
            with self.assertRaises(Refused) as caught:
                self.come_back([self.second.ready["url"]], lambda location: re.sub(r"(instance[iI]d=)[^&]*", r"\g<1>" + urllib.parse.quote(wrong, safe=""), location))
            self.assertEqual((caught.exception.status, caught.exception.code), ("BB_E_NOT_FOUND", 153))
        self.assertEqual(self.asked(self.second), [])

    def test_without_instances_a_token_of_another_platform_opens_nothing(self):
        with self.assertRaises(Refused) as caught:
            self.come_back(None)
        self.assertEqual(caught.exception.status, "BB_E_UNAUTHENTICATED")
        self.assertEqual(self.asked(self.second), [])

    def test_the_topology_is_told_and_an_instance_chosen_by_country(self):
        client = Client(self.first)
        self.addCleanup(client.wire.close)
        answer = client.anonymous("GetServiceDefinition", 2, "<info><response-sections><section>topology</section></response-sections></info>")
        instances = answer.info.find("instances")
        self.assertEqual(instances.get("current-instance-id"), "1")
        self.assertEqual({one.findtext("id"): one.findtext("platform-url") for one in instances},
                         {"1": self.first.ready["url"], "2": self.second.ready["url"]})
        for country, wanted in (("DE", "2"), ("US", "1")):
            answer = client.anonymous("SelectInstance", 1, f"<info><preferred-location><country>{country}</country></preferred-location></info>")
            self.assertEqual(answer.info.findtext("selected-instance/id"), wanted)


class DocumentsTest(ConnectorTest):
    def test_a_document_arrives_once_and_comes_back_the_same(self):
        alice, inbox = side.signed_in(), side.make("inbox", address=side.address("alice"))
        to = side.address("alice")
        receipt = side.send(alice, self.key, [to], ("record.xml", "text/xml", RECORD))[to]
        self.assertEqual(receipt["delivery"], "processed")
        again = side.send(side.signed_in(), self.key, [to], ("record.xml", "text/xml", RECORD))[to]
        self.assertEqual(again["message_id"], receipt["message_id"])
        stored = [one for one in side.things("alice") if one["client_id"] == f"{self.key}.1"]
        self.assertEqual([one["type"] for one in stored], [CCD])
        self.assertEqual(side.tool.track(alice, receipt["message_id"])[0]["delivery"], "processed")
        document = side.call(alice, "download", "fetch", format_id="ccda-2.1", item_ids=[stored[0]["id"]])
        self.assertEqual(canonical(side.body(document)), canonical(RECORD))
        item = next(one for one in side.tool.poll(inbox) if one["id"] == stored[0]["id"])
        message = email.message_from_bytes(side.tool.read(inbox, item["id"]), policy=email.policy.default)
        attachment = next(message.iter_attachments())
        self.assertEqual(canonical(attachment.get_content()), canonical(RECORD))
        side.tool.acknowledge(inbox, item["id"])
        self.assertNotIn(item["id"], [one["id"] for one in side.tool.poll(inbox)])

    def test_each_kind_of_document_has_its_type(self):
        alice, to = side.signed_in(), side.address("alice")
        side.send(alice, self.key, [to], ("a.xml", "text/xml", RECORD), ("b.xml", "text/xml", OTHER_CDA),
                  ("c.xml", "text/xml", b"<!-- before -->" + CCR), ("d.pdf", "application/pdf", b"%PDF-1.4 pretend"))
        types = {one["client_id"]: one["type"] for one in side.things("alice") if one["client_id"]}
        self.assertEqual([types[f"{self.key}.{n}"] for n in (1, 2, 3, 4)],
                         [CCD, CDA, "1e1ccbfc-a55d-4d91-8940-fa2fbf73c195", FILE])

    def test_a_file_of_several_chunks_comes_back_byte_for_byte(self):
        alice, to = side.signed_in(), side.address("alice")
        content = bytes(range(256)) * 10240
        side.send(alice, self.key, [to], ("all bytes.bin", "application/x-all", content))
        stored = next(one for one in side.things("alice") if one["client_id"] == f"{self.key}.1")
        formats = side.call(alice, "download", "formats")["emitted"]["formats"]
        self.assertIn("file", [one["id"] for one in formats])
        reply = side.call(alice, "download", "fetch", format_id="file", item_ids=[stored["id"]])
        self.assertEqual(side.body(reply), content)
        self.assertEqual(reply["attributes"]["content.filename"], "all bytes.bin")
        self.assertEqual(reply["media_type"], "application/x-all")

    def test_things_are_seen_one_by_one_and_as_a_page(self):
        side.client.create_session()
        person, record = side.ids("zoe")
        answer = side.client.call("PutThings", 2, f"<info>{thing(weight(61))}</info>", person=person, record=record)
        self.assertEqual(answer.code, 0)
        zoe = side.signed_in("zoe")
        items = side.call(zoe, "view", "list")["emitted"]["items"]
        self.assertEqual([item["kind"] for item in items], ["summary", "healthvault:weight"])
        for item in items:
            page = side.body(side.call(zoe, "view", "read", item_id=item["id"])).decode()
            self.assertIn("61", page)
        self.refused("BB_E_NOT_FOUND", zoe, "view", "read", item_id="00000000-0000-4000-8000-000000000000")
        events = side.call(zoe, "activity", "list")["emitted"]["items"]
        self.assertEqual(len(events), 1)
        event = json.loads(side.body(side.call(zoe, "activity", "read", item_id=events[0]["id"])))
        self.assertEqual((event["action"], event["items"]), ("amend", [items[1]["id"]]))

    @unittest.skipUnless(SAMPLES.is_dir(), f"SKIPPED: no published samples at {SAMPLES}")
    def test_what_is_published_of_each_type_comes_back_whole(self):
        def whole(xml):
            # Python writes prefixes of its own; of what stands behind an element only the blanks are left out.
            return ElementTree.canonicalize(xml.strip(), rewrite_prefixes=True)

        dmitri = side.signed_in("dmitri")
        sent = {}
        for file in sorted(SAMPLES.glob("*.xml")):
            data = re.sub(r"^\s*<\?xml.*?\?>", "", file.read_text(encoding="utf-8-sig"), flags=re.DOTALL)
            answer = ElementTree.fromstring(side.body(side.call(dmitri, "probe", "run", name="healthvault-call", arguments={
                "method": "PutThings", "version": 2,
                "info": f"<info><thing><type-id>{file.stem}</type-id><data-xml>{data}</data-xml></thing></info>"})))
            self.assertEqual(answer.findtext("status/code"), "0", f"{file.name}: {answer.findtext('status/error/message')}")
            sent[answer.find(".//thing-id").text] = whole(data)
        self.assertEqual(len(sent), 61)
        kept = ElementTree.fromstring(side.body(side.call(dmitri, "download", "fetch", format_id="healthvault-things")))
        came = {one.findtext("thing-id"): whole(ElementTree.tostring(one.find("data-xml")[0], encoding="unicode"))
                for one in kept.iter("thing")}
        for thing_id, data in sent.items():
            self.assertEqual(came[thing_id], data)

    def test_a_record_is_shared_with_another(self):
        alice, to = side.signed_in(), side.address("bruno")
        side.send(alice, self.key, [side.address("alice")], ("record.xml", "text/xml", RECORD))
        stored = next(one for one in side.things("alice") if one["client_id"] == f"{self.key}.1")
        reply = side.call(alice, "share", "send", idempotency_key=f"share {self.key}", item_ids=[stored["id"]],
                          destinations=[{"scheme": "healthvault", "address": to}])
        self.assertEqual(reply["emitted"]["receipts"][0]["recipient"], to)
        arrived = [one for one in side.things("bruno") if one["client_id"] == f"share {self.key}.1"]
        self.assertEqual([one["type"] for one in arrived], [CCD])

    def test_what_is_personal_is_not_shared(self):
        alice = side.signed_in()
        person, record = side.ids("alice")
        side.client.create_session()
        answer = side.client.call("PutThings", 2, f"<info>{thing(OTHER_CDA.decode(), CCD, flags=1)}</info>", person=person, record=record)
        item = answer.keys()[0][0]
        stored = next(one for one in side.things("alice") if one["id"] == item)
        self.assertEqual(stored["flags"], 1)
        self.refused("BB_E_UNSUPPORTED", alice, "share", "send", idempotency_key=self.key, item_ids=[item],
                     destinations=[{"scheme": "healthvault", "address": side.address("bruno")}])
        side.call(alice, "view", "read", item_id=item)

    def test_an_id_of_the_organisation_names_a_record(self):
        alice = side.signed_in("dmitri")
        person, record = side.ids("dmitri")
        side.client.create_session()
        self.assertEqual(side.client.call("AssociateAlternateId", 1, "<info><alternate-id>MRN-77</alternate-id></info>",
                                          person=person, record=record).code, 0)
        receipt = side.send(alice, self.key, ["healthvault:MRN-77"], ("record.xml", "text/xml", RECORD))
        self.assertEqual(receipt["healthvault:MRN-77"]["delivery"], "processed")
        self.assertIn(f"{self.key}.1", [one["client_id"] for one in side.things("dmitri")])
        with self.assertRaises(Refused) as caught:
            side.send(alice, f"{self.key} 2", ["healthvault:MRN-78"], ("record.xml", "text/xml", RECORD))
        self.assertEqual((caught.exception.status, caught.exception.code), ("BB_E_NOT_FOUND", 140))


class FaultsTest(ConnectorTest):
    def test_a_read_is_repeated_after_http_500(self):
        alice = side.signed_in()
        side.fault("GetThings", "http_500")
        side.call(alice, "view", "list")
        self.assertEqual(len(side.journal("GetThings")), 2)

    def test_repeats_come_to_an_end(self):
        alice = side.signed_in()
        side.fault("GetThings", "http_500", count=100)
        self.refused("BB_E_UNAVAILABLE", alice, "view", "list")
        self.assertEqual(len(side.journal("GetThings")), 4)

    def test_an_expired_session_is_renewed_once(self):
        alice = side.signed_in()
        side.client.control("expire-sessions", {"application": side.client.app["id"]})
        before = len(side.journal("CreateAuthenticatedSessionToken"))
        side.call(alice, "view", "list")
        side.call(alice, "view", "list")
        self.assertEqual(len(side.journal("CreateAuthenticatedSessionToken")) - before, 1)

    def test_a_lost_answer_to_a_write_stores_one_thing(self):
        alice, to = side.signed_in(), side.address("alice")
        for fault in ("answer_lost", "no_answer", "http_500"):
            side.fault("PutThings", fault)
            side.send(alice, f"{self.key} {fault}", [to], ("record.xml", "text/xml", RECORD))
            stored = [one for one in side.things("alice") if one["client_id"] == f"{self.key} {fault}.1"]
            self.assertEqual(len(stored), 1, fault)

    def test_a_platform_that_hangs_ends_at_the_deadline(self):
        alice = side.signed_in()
        side.fault("GetThings", "hang", wait_ms=20000)
        self.refused("BB_E_DEADLINE", alice, "view", "list", timeout_ms=1500)
        side.call(alice, "view", "list")

    def test_codes_have_their_classes(self):
        alice = side.signed_in()
        for code, status in ((4, "BB_E_UNAUTHENTICATED"), (10, "BB_E_NOT_FOUND"), (11, "BB_E_FORBIDDEN"),
                             (18, "BB_E_CONSENT_REQUIRED"), (61, "BB_E_CONFLICT"), (68, "BB_E_TOO_LARGE"),
                             (99, "BB_E_TOO_LARGE"), (152, "BB_E_UNAVAILABLE"), (3, "BB_E_REJECTED"), (777, "BB_E_REJECTED")):
            side.client.control("faults", method="DELETE")
            side.client.control("journal", method="DELETE")
            side.fault("GetThings", "code", code=code)
            self.assertEqual(self.refused(status, alice, "view", "list").code, code)
            self.assertEqual(len(side.journal("GetThings")), 1, code)
        for code in (7, 8, 49, 65):
            side.client.control("faults", method="DELETE")
            side.fault("GetThings", "code", code=code)
            side.call(alice, "view", "list")

    def test_a_withdrawn_authorisation_ends_it(self):
        alice = side.signed_in()
        person, record = side.ids("alice")
        side.client.control("revoke", {"application": side.client.app["id"], "person": person, "record": record})
        failure = self.refused("BB_E_CONSENT_REQUIRED", alice, "view", "list")
        self.assertEqual(failure.code, 18)
        self.assertEqual(len(side.journal("GetThings")), 1)

    def test_a_broken_answer_is_told(self):
        alice = side.signed_in()
        side.fault("GetThings", "wrong_namespace")
        self.refused("BB_E_PROTOCOL", alice, "view", "list")


class ProbesTest(ConnectorTest):
    CODES = {
        "healthvault-valid": 0, "healthvault-tampered-header": 4, "healthvault-tampered-info": 4, "healthvault-wrong-hash": 4,
        "healthvault-wrong-hmac-key": 4, "healthvault-unknown-token": (7, 8, 65), "healthvault-old-request": 49,
        "healthvault-future-request": 49, "healthvault-two-persons": 3, "healthvault-other-order": 3,
        "healthvault-other-namespace": 3, "healthvault-namespaced-children": 3, "healthvault-unknown-method": 5,
        "healthvault-unknown-version": (5, 87), "healthvault-no-xml": 3, "healthvault-doctype-bomb": 3,
        "healthvault-external-entity": 3, "healthvault-session-valid": 0, "healthvault-session-tampered-content": 4,
        "healthvault-session-wrong-signature": 4, "healthvault-session-wrong-thumbprint": (6, 70),
        "healthvault-session-unknown-application": 6, "healthvault-session-old-signing-time": (4, 49),
        "healthvault-get-things": 0, "healthvault-get-all-things": 0, "healthvault-get-without-format": (3, 16),
        "healthvault-get-unknown-format": (3, 16), "healthvault-xpath-outside": 15, "healthvault-many-groups": 53,
        "healthvault-put-thing": 0, "healthvault-put-half-bad": 3, "healthvault-put-invalid-data": 3,
        "healthvault-put-unknown-type": 19, "healthvault-put-twice": 0, "healthvault-update-stale-stamp": 61,
        "healthvault-update-without-stamp": 60, "healthvault-update-immutable": (20, 154), "healthvault-remove-item": 0,
        "healthvault-blob-valid": 0, "healthvault-blob-wrong-hash": 111, "healthvault-blob-not-completed": 102,
        "healthvault-blob-unknown-url": 88, "healthvault-swapped-ids": (9, 10), "healthvault-other-record": (10, 11, 18),
        "healthvault-other-person": (9, 11, 18), "healthvault-people": 0, "healthvault-person-info": 0,
        "healthvault-alternate-id": 0, "healthvault-updated-records": 0, "healthvault-record-operations": 0,
        "healthvault-connect": 0, "healthvault-connect-authorized": 0, "healthvault-vdt-report": 0}
    NOTHING = ("half-bad", "invalid-data", "unknown-type", "blob-wrong-hash", "blob-not-completed", "blob-unknown-url")

    def test_each_probe_gets_the_code_that_the_catalogue_asks_for(self):
        alice = side.signed_in()
        listed = {one["name"] for one in side.call(alice, "probe", "list")["emitted"]["probes"]}
        self.assertLessEqual(set(self.CODES), listed)
        for probe, wanted in self.CODES.items():
            with self.subTest(probe):
                result = side.probe(alice, probe)
                self.assertIn(result.get("code"), wanted if isinstance(wanted, tuple) else (wanted,), result)
                self.assertFalse(result.get("shows_context", False))
                if probe.removeprefix("healthvault-").removeprefix("put-") in self.NOTHING:
                    self.assertEqual(result["stored"], 0)

    def test_the_results_say_more(self):
        alice = side.signed_in()
        self.assertEqual(side.probe(alice, "healthvault-put-twice")["stored"], 1)
        self.assertEqual(side.probe(alice, "healthvault-update-stale-stamp")["kg"], "71")
        self.assertEqual(side.probe(alice, "healthvault-remove-item")["left"], 0)
        blob = side.probe(alice, "healthvault-blob-valid")
        self.assertEqual((blob["chunk_statuses"], blob["equal"]), ([200, 200, 200], True))
        self.assertEqual(side.probe(alice, "healthvault-connect")["characters"], 20)
        people = side.probe(alice, "healthvault-people", page_size=2)
        self.assertEqual((people["count"], people["distinct"]), (5, 5))
        person, record = side.ids("bruno")
        named = side.probe(alice, "healthvault-alternate-id", person=person, record=record)
        self.assertEqual((named["again"], named["person"], named["unknown"]), (139, side.ids("alice")[0], 140))
        self.assertEqual(side.probe(alice, "healthvault-valid")["info_namespace"], "urn:com.microsoft.wc.methods.response.GetThings3")
        gap = side.probe(alice, "healthvault-blob-gap")
        self.assertEqual(gap["stored"], 0)
        for _ in range(4):
            side.probe(alice, "healthvault-put-thing")
        page = side.probe(alice, "healthvault-get-things", max_full=3, filters=[{"type_ids": [WEIGHT]}])
        self.assertEqual(len(page["ids"]), 3)
        whole = side.probe(alice, "healthvault-get-all-things", max_full=3)
        self.assertEqual(whole["count"], whole["distinct"])
        self.assertGreaterEqual(whole["count"], len(page["ids"]) + len(page["unprocessed"]))

    def test_replays_and_the_control_interface(self):
        alice = side.signed_in()
        self.assertIn("first_code", side.probe(alice, "healthvault-replay"))
        side.probe(alice, "healthvault-control", path="faults", body={"method": "GetThings", "fault": "code", "code": 152})
        self.assertEqual(side.probe(alice, "healthvault-valid")["code"], 152)
        journal = side.probe(alice, "healthvault-control", path="journal", method="GET")["answer"]["requests"]
        self.assertEqual(journal[-1]["code"], 152)
        side.probe(alice, "healthvault-control", path="expire-sessions")
        self.assertEqual(side.probe(alice, "healthvault-valid")["code"], 65)
        self.assertEqual(side.probe(alice, "healthvault-get-all-things")["code"], 0)

    def test_requests_go_out_compressed(self):
        for encoding in ("gzip", "deflate"):
            side.client.control("journal", method="DELETE")
            alice = side.signed_in(encoding=encoding)
            side.call(alice, "view", "list")
            self.assertEqual({one["content_encoding"] for one in side.journal()}, {encoding})
        # What is recorded is what was sent before it was compressed, without its secrets.
        sent = [exchange["sent"] for exchange in side.tool.ask(exchanges=True)["exchanges"]]
        self.assertEqual([one for one in sent if "<auth-token>[secret " not in one and "CreateAuthenticated" not in one], [])

    def test_an_encoding_that_is_none_is_told(self):
        alice = side.signed_in()
        for arguments, code in (({}, 0), ({"encoding": "deflate"}, 0), ({"encoding": "br", "content": "gzip"}, 91),
                                ({"content": "identity"}, 92), ({"encoding": "deflate", "content": "identity"}, 92)):
            self.assertEqual(side.probe(alice, "healthvault-compressed", **arguments).get("code"), code, arguments)

    def test_a_probe_without_a_session_is_no_refusal(self):
        self.refused("BB_E_STATE", side.make(), "probe", "run", name="healthvault-valid", arguments={})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[4:])
