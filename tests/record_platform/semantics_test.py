#!/usr/bin/env python3
"""What the record platform answers about things, asked over HTTPS by requests written by hand."""
import gzip
import hashlib
import pathlib
import sys
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_client import *  # noqa: E402,F403
from platform_test import DATA, HAS_SCHEMAS, Fresh, PlatformTest  # noqa: E402
from skips import skip_loudly  # noqa: E402  (platform_client has put its folder on the path)

HOUSE, KEPT, OURS = (f"11111111-2222-4333-8444-{digit * 12}" for digit in "567")
CLINICAL_DOCUMENT = ('<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole><id root="1.2.3" extension="P-7"/>'
                     '<providerOrganization><id root="1.2.4" extension="ORG"/></providerOrganization></patientRole></recordTarget>'
                     '<componentOf><encompassingEncounter><effectiveTime><low value="20140130"/><high value="20140131120000"/>'
                     "</effectiveTime></encompassingEncounter></componentOf></ClinicalDocument>")
NOBODY = "00000000-0000-4000-8000-000000000000"


class EnvelopeTest(PlatformTest):
    def test_what_is_put_is_got(self):
        alice = self.of("carol", "alice")
        before = len(alice.kilograms())
        keys = self.accepted(alice.put(thing(weight(71.5)), thing(weight(70.5, (2014, 2, 1))))).keys()
        self.assertEqual(len(set(keys)), 2)
        answer = self.accepted(alice.get())
        self.assertEqual(answer.info.tag, "{" + ANSWERS + "GetThings3}info")
        self.assertEqual((answer.texts("kg")[:2], len(answer.texts("kg"))), (["70.5", "71.5"], before + 2), "newest first")
        self.assertEqual(answer.keys()[:2], keys[::-1])

    def test_an_altered_header_or_info_is_refused(self):
        alice = self.of("alice")
        self.refused(alice.put(thing(weight(1)), alter=lambda text: text.replace("en-US", "en-GB")), 4)
        self.refused(alice.put(thing(weight(1)), alter_info=lambda text: text.replace("<info>", "<info> ")), 4)
        self.assertNotIn(1.0, alice.kilograms())

    def test_a_missing_or_another_code_is_refused(self):
        body = self.client.signed("GetPersonInfo", 1, "<info/>", person=self.program.person("alice"))
        self.accepted(self.client.post(body))
        code = re.search('"HMACSHA256">(.*?)<', body)[1]
        self.refused(self.client.post(body.replace(code, encode(b"x" * 32))), 4)
        self.refused(self.client.post(re.sub("<auth>.*?</auth>", "", body)), 3)

    def test_an_old_request_and_one_of_tomorrow_are_refused(self):
        alice = self.of("alice")
        self.refused(alice.put(thing(weight(1)), time=utc(-3600), ttl=60), 49)
        self.refused(alice.put(thing(weight(1)), time=utc(3600)), 49)
        self.accepted(alice.get(time=utc(-3500), ttl=3600))

    def test_a_request_that_comes_again_is_answered_as_before_and_stored_once(self):
        alice = self.of("alice")
        body = self.client.signed("PutThings", 2, f"<info>{thing(weight(33.25))}</info>", **alice.header)
        first, second = self.client.post(body), self.client.post(body)
        self.assertEqual(self.accepted(first).body, self.accepted(second).body)
        self.assertEqual(alice.kilograms().count(33.25), 1)

    def test_what_lives_for_ever_is_stored_once_too(self):
        alice = self.of("alice")
        for n, ttl in enumerate((300 * 366 * 86400, 8_000_000_000, 9_223_372_036, 2**63 - 1)):
            body = self.client.signed("PutThings", 2, f"<info>{thing(weight(n + 0.125))}</info>", ttl=ttl, **alice.header)
            self.accepted(self.client.post(body))
            self.accepted(alice.put(thing(weight(1))))  # what is remembered too long is forgotten here
            self.accepted(self.client.post(body))
            self.assertEqual(alice.kilograms().count(n + 0.125), 1, ttl)

    def test_unknown_methods_and_versions_are_refused(self):
        self.refused(self.client.call("GetEverything", 1), 5)
        self.refused(self.client.call("getthings", 3), 5)
        for version in (0, 4):
            self.refused(self.of("alice").call("GetThings", version, f"<info>{group()}</info>"), 5)
        self.refused(self.client.call("GetPeopleForRecord", 1, person=self.program.person("alice"),
                                      record=self.program.record("alice")), 12)

    def test_elements_in_another_order_are_no_envelope(self):
        info = "<info/>"
        text = header_of("GetServiceDefinition", 1, app=self.client.app["id"], info=info)
        app = f"<app-id>{self.client.app['id']}</app-id>"
        self.accepted(self.client.post(envelope(text, info)))
        self.refused(self.client.post(envelope(text.replace(app, "").replace("<msg-ttl>", app + "<msg-ttl>"), info)), 3)
        self.refused(self.client.post(envelope(info, text)), 3)
        self.refused(self.client.post(envelope(text, info).replace("urn:com.microsoft.wc.request", "urn:other")), 3)

    def test_an_anonymous_method_takes_no_session(self):
        self.refused(self.client.call("GetServiceDefinition", 2), 3)

    def test_a_method_of_a_person_needs_one(self):
        self.refused(self.client.call("GetPersonInfo", 1), 9)
        self.refused(self.client.call("GetThings", 3, f"<info>{group()}</info>", person=self.program.person("alice")), 10)

    def test_get_and_cleartext_are_no_way_in(self):
        status, _, body = self.client.wire.send("GET", self.client.wire.url.path)
        self.assertEqual(status, 405)
        self.assertIn(b"<code>2</code>", body)
        plain = http.client.HTTPConnection(self.client.wire.url.netloc, timeout=5)
        with self.assertRaises((http.client.HTTPException, OSError)):
            plain.request("POST", self.client.wire.url.path, "<x/>")
            plain.getresponse()
        plain.close()

    def test_a_request_may_be_compressed(self):
        alice = self.of("alice")
        for name, packed in (("gzip", gzip.compress), ("deflate", zlib.compress)):
            body = self.client.signed("PutThings", 2, f"<info>{thing(weight(21.25))}</info>", **alice.header).encode()
            self.accepted(self.client.post(packed(body), {"Content-Encoding": name}))
        self.assertEqual(alice.kilograms().count(21.25), 2)
        path = self.client.wire.url.path
        bomb = gzip.compress(b"<a>" + b" " * (200 << 20), 6)
        self.assertEqual(Wire(self.program.ready).send("POST", path, bomb, {"Content-Encoding": "gzip"})[0], 413)
        for name, body, code in (("gzip", b"no gzip", 92), ("deflate", b"\x00" * 40, 92), ("gzip", b"<x/>" * 9000, 92),
                                 ("br", b"x", 91), ("compress", b"x", 91)):
            status, fields, answer = Wire(self.program.ready).send("POST", path, body, {"Content-Encoding": name})
            self.assertEqual(status, 200, name)
            self.assertEqual(fields["Connection"], "close", name)  # the rest was not read; nobody sends behind it
            self.assertIn(f"<code>{code}</code>".encode(), answer)
        # Elsewhere nothing is unpacked.
        self.assertEqual(Wire(self.program.ready).send("POST", "/sign-in", b"x", {"Content-Encoding": "gzip"})[0], 415)

    def test_a_request_too_long_has_a_code_of_its_own(self):
        self.refused(self.client.post(b"<" + b"x" * (10 * 1024 * 1024)), 39)


class SessionTest(PlatformTest):
    def test_a_session_is_signed_by_the_registered_certificate(self):
        answer = self.accepted(self.client.create_session())
        self.assertEqual(answer.info.tag, "{" + ANSWERS + "CreateAuthenticatedSessionToken2}info")
        self.assertGreaterEqual(len(base64.b64decode(answer.text("shared-secret"))), 32)
        self.refused(self.client.create_session(tamper=lambda text: text.replace("HMACSHA256", "HMACSHA1")), 4)
        self.refused(self.client.create_session(thumbprint="00" * 20), 70)
        self.refused(self.client.create_session(signing_time=utc(7200)), 4)
        self.refused(self.client.create_session(signing_time=utc(-7200)), 4)

    def test_the_certificate_is_named_and_sized_as_documented(self):
        subject = openssl("x509", "-in", self.client.identity, "-noout", "-subject", "-nameopt", "RFC2253").decode()
        self.assertIn("CN=WildcatApp-" + self.client.app["id"], subject)
        self.assertIn("(2048 bit)", openssl("x509", "-in", self.client.identity, "-noout", "-text").decode())

    def test_an_unknown_application_is_refused(self):
        self.refused(self.client.anonymous("CreateAuthenticatedSessionToken", 2, self.client.session_info(), app=NOBODY), 6)

    def test_a_token_that_was_never_given_is_refused(self):
        self.client.create_session()
        self.refused(self.client.call("GetApplicationInfo", 1, token="x" * 64), 8)

    def test_a_session_ends_after_four_hours(self):
        self.client.create_session()
        self.client.control("clock", {"offset_seconds": 4 * 3600 - 60})
        self.accepted(self.client.call("GetApplicationInfo", 1, time=utc(4 * 3600 - 60)))
        self.client.control("clock", {"offset_seconds": 4 * 3600 + 60})
        self.refused(self.client.call("GetApplicationInfo", 1, time=utc(4 * 3600 + 60)), 65)
        self.client.control("clock", {"offset_seconds": 0})

    def test_a_user_token_ends_too(self):
        token = self.client.control("user-token", {"application": self.client.app["id"], "person": "alice"})["user_token"]
        for hours, code in ((3, 0), (4.1, 7)):
            self.client.control("clock", {"offset_seconds": int(hours * 3600)})
            now = hours * 3600
            session = self.accepted(self.client.anonymous("CreateAuthenticatedSessionToken", 2,
                                                          self.client.session_info(signing_time=utc(now)), time=utc(now)))
            self.client.token, self.client.secret = session.text("token"), base64.b64decode(session.text("shared-secret"))
            answer = self.client.call("GetPersonInfo", 1, user_token=token, time=utc(now))
            self.assertEqual(answer.code, code, answer.message)
        self.client.control("clock", {"offset_seconds": 0})
        self.client.create_session()
        self.refused(self.client.call("GetPersonInfo", 1, user_token="z" * 64), 8)

    def test_an_application_without_a_secret_signs_with_its_key_alone(self):
        content = (f"<content><app-id>{self.client.app['id']}</app-id><hmac>HMACSHA256</hmac>"
                   f"<signing-time>{utc()}</signing-time></content>")
        self.refused(self.client.anonymous(
            "CreateAuthenticatedSessionToken", 2, f"<info><auth-info><app-id>{self.client.app['id']}</app-id><credential><appserver2>"
            f'<hmacSig algName="HMACSHA256">{encode(bytes(32))}</hmacSig>{content}</appserver2></credential></auth-info></info>'), 17)

    def test_a_device_signs_with_the_secret_that_it_was_given(self):
        made = self.accepted(self.client.anonymous("NewApplicationCreationInfo", 1, "<info/>"))
        app, secret = made.text("app-id"), base64.b64decode(made.text("shared-secret"))
        content = f"<content><app-id>{app}</app-id><hmac>HMACSHA256</hmac><signing-time>{utc()}</signing-time></content>"

        def info(key):
            code = encode(hmac.new(key, content.encode(), hashlib.sha256).digest())
            return (f"<info><auth-info><app-id>{app}</app-id><credential><appserver2>"
                    f'<hmacSig algName="HMACSHA256">{code}</hmacSig>{content}</appserver2></credential></auth-info></info>')
        self.refused(self.client.anonymous("CreateAuthenticatedSessionToken", 2, info(b"x" * 32), app=app), 4)
        # Not before a person has agreed to it (shell_test.py goes on from here).
        self.refused(self.client.anonymous("CreateAuthenticatedSessionToken", 2, info(secret), app=app), 6)


class PeopleTest(PlatformTest):
    def test_swapped_and_unknown_ids_are_refused(self):
        alice, record = self.program.person("alice"), self.program.record("alice")
        self.refused(Person(self.client, record, alice).get(), 9)
        self.refused(Person(self.client, alice, alice).get(), 10)
        self.refused(Person(self.client, NOBODY, record).get(), 9)
        self.refused(Person(self.client, alice, NOBODY).get(), 10)
        self.refused(self.of("alice", "bruno").put(thing(weight(5))), 11)

    def test_a_caregiver_reaches_the_shared_record(self):
        self.accepted(self.of("alice").put(thing(weight(61))))
        self.assertIn(61.0, self.of("carol", "alice").kilograms())

    def test_who_is_authorised_is_told_page_by_page(self):
        people, cursor, calls = [], "", 0
        while True:
            at = f"<person-id-cursor>{cursor}</person-id-cursor>" if cursor else ""
            answer = self.accepted(self.client.call("GetAuthorizedPeople", 1,
                                                    f"<info><parameters>{at}<num-results>2</num-results></parameters></info>"))
            people += answer.texts("person-id")
            calls += 1
            if answer.text("more-results") == "false":
                break
            cursor = people[-1]
        self.assertEqual((sorted(people), calls), (sorted(self.program.person(a) for a in ("alice", "bruno", "carol")), 2))

    def test_a_person_and_their_records_are_told(self):
        answer = self.accepted(self.client.call("GetPersonInfo", 1, person=self.program.person("carol")))
        self.assertEqual(answer.text("person-id"), self.program.person("carol"))
        self.assertEqual([(e.get("id"), e.get("rel-type"), e.text) for e in answer.info.iter("record")],
                         [(self.program.record("alice"), "0", "Alice Newman")])

    def test_rights_are_those_that_were_granted(self):
        narrow = Client(self.program, "narrow")
        alice = self.of("alice", client=narrow)
        answer = self.accepted(alice.call("QueryPermissions", 1, f"<info><thing-type-id>{WEIGHT}</thing-type-id>"
                                                                 f"<thing-type-id>{HEIGHT}</thing-type-id></info>"))
        told = {e.findtext("thing-type-id"): [[p.text for p in e.findall(f"{w}-access-permissions/permission")]
                                              for w in ("online", "offline")]
                for e in answer.info.iter("thing-type-permission")}
        self.assertEqual(told, {WEIGHT: [["All"], ["Create", "Read"]], HEIGHT: [[], []]})
        self.assertEqual(answer.text("meaningfuluse-opt-in"), "true")

    def test_without_the_right_nothing_at_all_is_stored(self):
        narrow = Client(self.program, "narrow")
        alice = self.of("alice", client=narrow)
        height = "<height><when><date><y>2014</y><m>1</m><d>1</d></date></when><value><m>1.7</m></value></height>"
        self.refused(alice.put(thing(weight(11.5)), thing(height, HEIGHT)), 11)
        self.assertNotIn(11.5, alice.kilograms())
        key = self.accepted(alice.put(thing(weight(12.5)))).keys()[0]
        self.refused(alice.put(thing(weight(13.5), key=key)), 11)
        self.refused(alice.remove(key), 11)
        # While the person is there the application may change it.
        token = self.client.control("user-token", {"application": narrow.app["id"], "person": "alice"})["user_token"]
        online = Person(narrow, None, self.program.record("alice"), user_token=token)
        self.accepted(online.put(thing(weight(13.5), key=key)))
        self.accepted(self.of("alice").put(thing(height, HEIGHT)))
        answer = self.accepted(alice.get())
        self.assertEqual((answer.texts("height"), answer.text("filtered")), ([], "true"))

    def test_what_was_withdrawn_is_refused(self):
        with Fresh() as fresh:
            carol = fresh.of("carol", "alice")
            self.accepted(carol.get())
            fresh.client.control("revoke", {"application": fresh.client.app["id"], "person": "carol",
                                            "record": fresh.program.record("alice")})
            self.refused(carol.get(), 18)
            self.accepted(fresh.of("alice").get())
            self.accepted(fresh.of("alice").call("RemoveApplicationRecordAuthorization", 1))
            self.refused(fresh.of("alice").get(), 18)
            # Nor is told who they are, or anything kept for them.
            carol = {"person": fresh.program.person("carol")}
            for method, info in (("GetPersonInfo", "<info/>"), ("GetApplicationSettings", "<info/>"),
                                 ("SetApplicationSettings", "<info><app-settings><a/></app-settings></info>")):
                self.refused(fresh.client.call(method, 1, info, **carol), 18)
            narrow = Client(fresh.program, "narrow")
            self.refused(narrow.call("GetPersonInfo", 1, person=fresh.program.person("bruno")), 18)
            narrow.wire.close()

    def test_an_alternate_id_tells_nothing_of_who_went(self):
        with Fresh() as fresh:
            self.accepted(fresh.of("bruno").call("AssociateAlternateId", 1, "<info><alternate-id>MRN-2</alternate-id></info>"))
            self.accepted(fresh.of("bruno").call("RemoveApplicationRecordAuthorization", 1))
            self.refused(fresh.client.call("GetPersonAndRecordForAlternateId", 1, "<info><alternate-id>MRN-2</alternate-id></info>"), 18)

    def test_alternate_ids_stand_for_one_person_and_record(self):
        alice, bruno = self.of("alice"), self.of("bruno")
        info = "<info><alternate-id>MRN-1</alternate-id></info>"
        self.refused(self.client.call("GetPersonAndRecordForAlternateId", 1, info), 140)
        self.accepted(alice.call("AssociateAlternateId", 1, info))
        self.refused(bruno.call("AssociateAlternateId", 1, info), 139)
        answer = self.accepted(self.client.call("GetPersonAndRecordForAlternateId", 1, info))
        self.assertEqual((answer.text("person-id"), answer.info.find(".//record").get("id")),
                         (self.program.person("alice"), self.program.record("alice")))
        self.assertEqual(self.accepted(alice.call("GetAlternateIds", 1)).texts("alternate-id"), ["MRN-1"])
        self.accepted(alice.call("DisassociateAlternateId", 1, info))
        self.refused(alice.call("DisassociateAlternateId", 1, info), 140)

    def test_settings_of_an_application_come_back(self):
        alice = {"person": self.program.person("alice")}
        self.accepted(self.client.call("SetApplicationSettings", 1, "<info><app-settings><a b=\"1\"/></app-settings></info>", **alice))
        answer = self.accepted(self.client.call("GetApplicationSettings", 1, **alice))
        self.assertEqual(answer.info.find("app-settings/a").get("b"), "1")

    def test_changes_of_records_are_listed(self):
        with Fresh() as fresh:
            alice = fresh.of("alice")
            before = utc(-60)
            key = self.accepted(alice.put(thing(weight(1)))).keys()[0]
            self.accepted(alice.put(thing(weight(2), key=key)))
            answer = self.accepted(fresh.client.call("GetUpdatedRecordsForApplication", 2,
                                                     f"<info><update-date>{before}</update-date></info>"))
            self.assertEqual((answer.texts("record-id"), answer.texts("latest-operation-sequence-number")),
                             ([fresh.program.record("alice")], ["2"]))
            answer = self.accepted(alice.call("GetRecordOperations", 1,
                                              "<info><record-operation-sequence-number>1</record-operation-sequence-number></info>"))
            self.assertIn("Update", answer.body.decode())
            self.assertNotIn("Create", answer.body.decode())
            # HV-GET-12: of what is personal another custodian does not hear.
            carol = fresh.of("carol", "alice")
            key = self.accepted(carol.put(thing(weight(3), flags=1))).keys()[0]
            for person, hears in ((carol, True), (alice, False)):
                answer = self.accepted(person.call("GetRecordOperations", 1, "<info><record-operation-sequence-number>2"
                                                                             "</record-operation-sequence-number></info>"))
                self.assertEqual(key[0] in answer.texts("thing-id"), hears)


class ReadingTest(PlatformTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        alice = cls.of(cls, "alice")
        cls.keys = alice.put(*(thing(weight(kg, (2014, 1, kg), client_id=f"c{kg}")) for kg in range(1, 9))).keys()
        alice.put(thing('<house><when><date><y>2013</y></date></when><room size="3"/></house>', HOUSE))

    def days(self, *conditions, **more):
        return self.of("alice").kilograms(group(filter_of(*conditions) if conditions else "", **more))

    def test_conditions_are_anded_and_values_and_filters_ored(self):
        after, before = "<eff-date-min>2014-01-03T00:00:00Z</eff-date-min>", "<eff-date-max>2014-01-05T00:00:00Z</eff-date-max>"
        type_id = f"<type-id>{WEIGHT}</type-id>"
        self.assertEqual(self.days(type_id, after, before), [5, 4, 3])
        self.assertEqual(self.days(type_id, f"<type-id>{HOUSE}</type-id>", before), [5, 4, 3, 2, 1])
        self.assertEqual(self.days(f"<type-id>{HOUSE}</type-id>", after), [])
        first = filter_of(type_id, "<eff-date-max>2014-01-01T12:00:00Z</eff-date-max>")
        last = filter_of(type_id, "<eff-date-min>2014-01-08T00:00:00Z</eff-date-min>")
        self.assertEqual(self.of("alice").kilograms(group(first + last)), [8, 1])

    def test_who_and_when_are_conditions(self):
        app, alice = self.client.app["id"], self.program.person("alice")
        self.assertEqual(len(self.days(f"<created-app-id>{app}</created-app-id>", f"<updated-person-id>{alice}</updated-person-id>")), 8)
        self.assertEqual(self.days(f"<created-person-id>{self.program.person('carol')}</created-person-id>"), [])
        self.assertEqual(self.days(f"<created-date-min>{utc(3600)}</created-date-min>"), [])
        self.assertEqual(len(self.days(f"<updated-date-min>{utc(-3600)}</updated-date-min>", f"<updated-date-max>{utc(60)}</updated-date-max>")), 8)

    def test_an_xpath_selects_within_the_type_and_not_beside_it(self):
        type_id = f"<type-id>{WEIGHT}</type-id>"
        self.assertEqual(self.days(type_id, "<xpath>/thing/data-xml/weight/value[kg &gt; 6]</xpath>"), [8, 7])
        self.assertEqual(len(self.accepted(self.of("alice").get(group(filter_of(
            "<xpath>/thing/data-xml/house/room[@size='3']</xpath>")))).keys()), 1)
        for xpath in ("/thing/type-id", "//kg", "/thing/data-xml/..", "/thing/data-xml/ancestor::*",
                      "/thing/data-xml/weight or true()", "/thing/data-xml/weight = 1", "/thing/data-xml/namespace::*", "/thing/data-xmlx", "/thing/data-xml | //x", "/thing/data-xml["):
            self.refused(self.of("alice").get(group(filter_of(f"<xpath>{xpath}</xpath>"))), 15)

    def test_a_format_is_needed_and_known(self):
        for text in ("<group/>", "<group><format><section>everything</section></format></group>",
                     "<group><format><section>core</section><xml/><blob-payload-request><blob-format>"
                     "<blob-format-spec>loud</blob-format-spec></blob-format></blob-payload-request></format></group>"):
            self.refused(self.of("alice").get(text), 16)
        self.refused(self.of("alice").get("<group><format><section>core</section><xml>mtt</xml></format></group>"), 34)

    def test_sections_are_what_was_asked_for(self):
        answer = self.accepted(self.of("alice").get(group(f"<id>{self.keys[0][0]}</id>", ("core", "audits", "effectivepermissions"))))
        self.assertEqual((answer.text("type-id"), answer.text("thing-state"), answer.text("eff-date")[:10]), (WEIGHT, "Active", "2014-01-01"))
        self.assertEqual(answer.info.findtext(".//created/access-avenue"), "Offline")
        self.assertEqual(answer.info.findtext(".//eff-permissions/permission"), "All")
        bare = self.accepted(self.of("alice").get(group(f"<id>{self.keys[0][0]}</id>", (), xml=True)))
        self.assertEqual([child.tag for child in bare.info.find(".//thing")], ["thing-id", "data-xml"])

    def test_beyond_the_full_ones_there_are_keys(self):
        seen, wanted = [], group(f"<filter><type-id>{WEIGHT}</type-id></filter>", attributes=' max-full="3"')
        calls = 0
        while True:
            answer = self.accepted(self.of("alice").get(wanted))
            calls += 1
            seen += answer.texts("kg")
            left = [(e.find("thing-id").text, e.find("thing-id").get("version-stamp"))
                    for e in answer.info.iter("unprocessed-thing-key-info")]
            if not left:
                break
            wanted = group("".join(f'<key version-stamp="{s}">{i}</key>' for i, s in left), attributes=' max-full="3"')
        self.assertEqual((seen, calls), (["8", "7", "6", "5", "4", "3", "2", "1"], 3))
        self.assertEqual(self.days(attributes=' max="2"'), [8, 7])

    def test_things_are_found_by_the_clients_own_id_too(self):
        self.assertEqual(self.of("alice").kilograms(group("<client-thing-id>c4</client-thing-id>")), [4])

    def test_too_many_groups_and_unknown_types_are_refused(self):
        self.refused(self.of("alice").get(*[group()] * 21), 53)
        self.refused(self.of("alice").get(group(filter_of(f"<type-id>{NOBODY}</type-id>"))), 19)
        self.assertEqual(len(self.days(f"<type-id>{WEIGHT.upper()}</type-id>")), 8, "case does not count")

    def test_the_namespace_is_that_of_the_version(self):
        for version, name in ((1, "GetThings"), (2, "GetThings"), (3, "GetThings3")):
            answer = self.accepted(self.of("alice").call("GetThings", version, f"<info>{group()}</info>"))
            self.assertEqual(answer.info.tag, "{" + ANSWERS + name + "}info")

    def test_thousands_of_things_may_be_named_and_not_more(self):
        keys = "".join(f'<key version-stamp="{NOBODY}">{NOBODY}</key>' for _ in range(5000))
        self.assertEqual(self.of("alice").kilograms(group(keys)), [])
        self.refused(self.of("alice").get(group(keys * 2 + f'<key version-stamp="{NOBODY}">{NOBODY}</key>')), 124)

    def test_types_can_be_described(self):
        answer = self.accepted(self.client.call("GetThingType", 1, f"<info><id>{CDA}</id><section>core</section></info>"))
        self.assertEqual((answer.text("id"), answer.text("immutable")), (CDA, "true"))


class WritingTest(PlatformTest):
    def test_what_a_caller_says_about_ids_and_times_is_passed_over(self):
        answer = self.accepted(self.of("alice").put(
            f"<thing><type-id>{WEIGHT}</type-id><thing-state>Deleted</thing-state><flags>2</flags><eff-date>1999-01-01T00:00:00Z</eff-date>"
            f"<data-xml>{weight(90)}</data-xml></thing>"))
        read = self.accepted(self.of("alice").get(group(f"<id>{answer.keys()[0][0]}</id>")))
        self.assertEqual((read.text("thing-state"), read.text("flags"), read.text("eff-date")[:4]), ("Active", "0", "2014"))

    def test_an_update_needs_the_current_version(self):
        alice = self.of("alice")
        old = self.accepted(alice.put(thing(weight(80)))).keys()[0]
        new = self.accepted(alice.put(thing(weight(81), key=old))).keys()[0]
        self.assertEqual(old[0], new[0])
        self.assertNotEqual(old[1], new[1])
        self.refused(alice.put(thing(weight(82), key=old)), 61)
        self.refused(alice.put(thing(weight(82), key=(old[0], None))), 60)
        self.refused(alice.put(thing(weight(82), key=(NOBODY, new[1]))), 13)
        self.assertIn(81.0, alice.kilograms())
        self.assertNotIn(82.0, alice.kilograms())
        self.accepted(alice.put(thing(weight(83), key=old), method="OverwriteThings"))
        self.assertIn(83.0, alice.kilograms())

    def test_one_bad_thing_stores_none(self):
        alice = self.of("alice")
        for bad, code in ((thing("<weight>"), 3), (thing("<height/>"), 3), (thing("<x/>", NOBODY), 19), (thing("<ours/>", OURS), 21),
                          (f"<thing><type-id>{WEIGHT}</type-id></thing>", 13), (thing(weight(1), key=(NOBODY, NOBODY)), 13)):
            self.refused(alice.put(thing(weight(44.5)), bad), code)
        self.assertNotIn(44.5, alice.kilograms())

    def test_a_retry_with_the_clients_own_id_doubles_nothing(self):
        alice = self.of("alice")
        first = self.accepted(alice.put(thing(weight(55, client_id="again")))).keys()
        self.assertEqual(self.accepted(alice.put(thing(weight(55, client_id="again")))).keys(), first)
        self.assertEqual(alice.kilograms().count(55.0), 1)
        self.refused(alice.put(thing(weight(56, client_id="again"))), 13)

    def test_deleted_things_come_only_when_asked_for(self):
        alice = self.of("alice")
        key = self.accepted(alice.put(thing(weight(66)))).keys()[0]
        self.refused(alice.remove((key[0], NOBODY)), 61)
        self.accepted(alice.remove(key))
        self.assertNotIn(66.0, alice.kilograms())
        self.assertIn(66.0, alice.kilograms(group(filter_of("<thing-state>Deleted</thing-state>"))))
        # Who names it asks for no deleted thing; with its state it is there.
        named = f"<id>{key[0]}</id>"
        self.assertEqual(alice.kilograms(group(named)), [])
        self.assertEqual(alice.kilograms(group(f'<key version-stamp="{key[1]}">{key[0]}</key>')), [])
        self.assertEqual(alice.kilograms(group(named + filter_of("<thing-state>Deleted</thing-state>"))), [66.0])
        self.refused(alice.get(group(filter_of("<thing-state>Lost</thing-state>"))), 3)
        self.refused(alice.remove(key), 13)

    def test_types_say_what_may_be_done(self):
        alice = self.of("alice")
        document = self.accepted(alice.put(thing(CLINICAL_DOCUMENT, CDA))).keys()[0]
        self.refused(alice.put(thing(CLINICAL_DOCUMENT, CDA, key=document)), 20)
        self.accepted(alice.remove(document))
        kept = self.accepted(alice.put(thing("<kept/>", KEPT))).keys()[0]
        self.refused(alice.remove(kept), 59)

    def test_a_record_has_one_of_a_singleton(self):
        alice, basic = self.of("alice"), "3b3e6b16-eb69-483c-8d7e-dfe116ae6092"
        key = self.accepted(alice.put(thing("<basic><gender>f</gender></basic>", basic))).keys()[0]
        self.refused(alice.put(thing("<basic><gender>m</gender></basic>", basic)), 81)
        self.accepted(alice.put(thing("<basic><gender>m</gender></basic>", basic, key=key)))

    def test_an_answer_too_long_is_refused_and_its_parts_are_not(self):
        with Fresh() as fresh:
            alice = fresh.of("alice")
            keys = [self.accepted(alice.put(thing(weight(n, note="x" * 9_000_000)))).keys()[0] for n in range(4)]
            self.refused(alice.get(), 71)
            self.assertEqual(len(self.accepted(alice.get(group(attributes=' max="3"'))).keys()), 3)
            self.assertEqual(len(self.accepted(alice.get(group(xml=False))).keys()), len(keys))

    def test_read_only_things_are_not_changed(self):
        alice = self.of("alice")
        key = self.accepted(alice.put(thing(weight(77), flags=16))).keys()[0]
        self.refused(alice.put(thing(weight(78), key=key)), 154)
        self.accepted(alice.remove(key))

    def test_personal_things_are_for_one_person(self):
        alice, carol = self.of("alice"), self.of("carol", "alice")
        key = self.accepted(alice.put(thing(weight(88), flags=1))).keys()[0]
        self.assertIn(88.0, alice.kilograms())
        self.assertNotIn(88.0, carol.kilograms())
        self.refused(carol.put(thing(weight(89), key=key)), 13)

    def test_a_full_record_takes_no_more(self):
        bruno = self.of("bruno")
        self.accepted(bruno.put(thing(weight(1, note="x" * 10000))))
        self.refused(bruno.put(thing(weight(2, note="x" * 10000))), 68)
        self.assertEqual(bruno.kilograms(), [1])

    def test_where_data_came_from_survives(self):
        alice = self.of("alice")
        key = self.accepted(alice.put(thing(weight(99, source="Clinic A", note="after lunch")))).keys()[0]
        answer = alice.get(group(f"<id>{key[0]}</id>"))
        self.assertEqual((answer.text("source"), answer.text("note")), ("Clinic A", "after lunch"))

    def test_a_document_comes_back_as_it_was(self):
        alice = self.of("alice")
        file = pathlib.Path(__file__).parents[2] / "samples/records/alice.xml"
        document = without_declaration(file.read_text())
        key = self.accepted(alice.put(thing(document, CCD))).keys()[0]
        answer = alice.get(group(f"<id>{key[0]}</id>"))
        inside = answer.body.decode().split("<data-xml>")[1].split("</data-xml>")[0]
        self.assertEqual(ElementTree.canonicalize(inside), ElementTree.canonicalize(document))


class BlobTest(PlatformTest):
    BLOCK = 2097152

    @staticmethod
    def block_hash(data):
        blocks = [data[i:i + BlobTest.BLOCK] for i in range(0, len(data), BlobTest.BLOCK)]
        return encode(hashlib.sha256(b"".join(hashlib.sha256(b).digest() for b in blocks)).digest())

    def begin(self):
        answer = self.accepted(self.of("alice").call("BeginPutBlob", 1))
        self.assertEqual((answer.text("blob-hash-algorithm"), answer.text("block-size")), ("SHA256Block", str(self.BLOCK)))
        return answer.text("blob-ref-url"), int(answer.text("blob-chunk-size"))

    def send(self, url, first, data, complete=False):
        path = url.split(self.client.wire.url.netloc)[1]
        headers = {"Content-Range": f"bytes {first}-{first + len(data) - 1}/*"} if data else {}
        if complete:
            headers["x-hv-blob-complete"] = "1"
        return self.client.wire.send("POST", path, data, headers)[0]

    def stored(self, url, data, digest=None, name="", length=None, algorithm="SHA256Block", block=BLOCK, account="alice"):
        blob = (f"<blob><blob-info><name>{name}</name><content-type>application/octet-stream</content-type><hash-info>"
                f"<algorithm>{algorithm}</algorithm><params><block-size>{block}</block-size></params>"
                f"<hash>{digest or self.block_hash(data)}</hash></hash-info></blob-info>"
                f"<content-length>{length or len(data)}</content-length><blob-ref-url>{url.replace('&', '&amp;')}</blob-ref-url></blob>")
        return self.of(account).put(thing("<file><name>f</name><size>1</size></file>", FILE, more=f"<blob-payload>{blob}</blob-payload>"))

    def read(self, key, how):
        request = f"<blob-payload-request><blob-format><blob-format-spec>{how}</blob-format-spec></blob-format></blob-payload-request>"
        return self.of("alice").get(group(f"<id>{key[0]}</id>", more=request))

    def test_bytes_read_are_bytes_written(self):
        url, chunk = self.begin()
        data = bytes(range(256)) * (chunk * 5 // 2 // 256)
        for first in range(0, len(data), chunk):
            part = data[first:first + chunk]
            self.assertEqual(self.send(url, first, part, first + chunk >= len(data)), 200)
        key = self.accepted(self.stored(url, data)).keys()[0]
        self.refused(self.stored(url, data), 101)
        answer = self.accepted(self.read(key, "streamed"))
        self.assertEqual((answer.text("hash"), answer.text("content-length")), (self.block_hash(data), str(len(data))))
        path = answer.text("blob-ref-url").split(self.client.wire.url.netloc)[1]
        self.assertEqual(self.client.wire.send("GET", path)[2], data)
        status, _, part = self.client.wire.send("GET", path, headers={"Range": "bytes=10-19"})
        self.assertEqual((status, part), (206, data[10:20]))
        self.refused(self.read(key, "inline"), 99)
        self.client.control("clock", {"offset_seconds": 2 * 3600})
        self.assertEqual(self.client.wire.send("GET", path)[0], 403)
        self.client.control("clock", {"offset_seconds": 0})

    def test_a_gap_a_missing_end_and_another_hash_are_refused(self):
        url, chunk = self.begin()
        self.assertEqual(self.send(url, 0, b"a" * chunk), 200)
        self.assertEqual(self.send(url, 0, b"a" * chunk), 200, "the same again changes nothing")
        self.assertEqual(self.send(url, 2 * chunk, b"b"), 416)
        self.refused(self.stored(url, b"a" * chunk), 102)
        self.assertEqual(self.send(url, chunk, b"", complete=True), 200)
        self.refused(self.stored(url, b"a" * chunk, digest=self.block_hash(b"other")), 111)
        self.refused(self.stored(url, b"a" * chunk, length=5), 13)
        self.refused(self.stored(url, b"a" * chunk, algorithm="MD5"), 106)
        self.refused(self.stored(url, b"a" * chunk, block=0), 107)
        self.refused(self.stored(url.replace("token=", "token=x"), b"a"), 88)
        self.accepted(self.stored(url, b"a" * chunk))

    def test_bytes_that_were_brought_for_a_record_stay_in_it(self):
        url, _ = self.begin()
        self.assertEqual(self.send(url, 0, b"abc", complete=True), 200)
        self.refused(self.stored(url, b"abc", account="bruno"), 88)
        self.accepted(self.stored(url, b"abc"))

    def test_a_small_blob_may_stand_in_the_thing(self):
        data = bytes(range(256))
        blob = (f"<blob><blob-info><name/><content-type>text/plain</content-type></blob-info>"
                f"<base64data>{encode(data)}</base64data></blob>")
        key = self.accepted(self.of("alice").put(thing("<file><name>f</name><size>1</size></file>", FILE,
                                                       more=f"<blob-payload>{blob}</blob-payload>"))).keys()[0]
        self.assertEqual(base64.b64decode(self.read(key, "inline").text("base64data")), data)
        self.assertIsNone(self.read(key, "information").text("base64data"))
        self.refused(self.of("alice").put(thing("<file><name>f</name><size>1</size></file>", FILE,
                                                more=f"<blob-payload>{blob}{blob}</blob-payload>")), 100)

    def test_an_address_that_has_expired_takes_nothing(self):
        url, _ = self.begin()
        self.client.control("clock", {"offset_seconds": 2 * 3600})
        self.assertEqual(self.send(url, 0, b"x", complete=True), 403)
        self.client.control("clock", {"offset_seconds": 0})


class ReportTest(PlatformTest):
    PERIOD = "<min-date>2014-01-01T00:00:00Z</min-date><max-date>2100-01-01T00:00:00Z</max-date>"

    def counted(self):
        answer = self.accepted(self.client.call("GetMeaningfulUseVDTReport", 1,
                                                f"<info><filters><reporting-period>{self.PERIOD}</reporting-period></filters></info>"))
        return [(e.get("patient-id"), e.get("organization-id")) for e in answer.info.iter("activity")]

    def test_reads_with_an_intent_are_counted_where_the_record_opted_in(self):
        read = [group(filter_of(f"<type-id>{CCD}</type-id>"), behind=f"<intents><intent>{i}</intent></intents>")
                for i in ("view", "download", "transmit")]
        for account in ("alice", "bruno"):
            self.accepted(self.of(account).put(thing(CLINICAL_DOCUMENT, CCD)))
            for one in read:
                self.accepted(self.of(account).get(one))
            self.accepted(self.of(account).get())
        self.assertEqual([a for a in self.counted() if a[0] == "P-7"], [("P-7", "ORG")] * 3)

    def test_a_cursor_that_was_never_given_is_refused(self):
        for cursor, code in (("0", 0), ("1", 0), ("-1", 3), ("x", 3), ("1x", 3), (str(2**63 - 1), 3), (str(2**64), 3)):
            answer = self.client.call("GetMeaningfulUseVDTReport", 1, f"<info><filters><reporting-period>{self.PERIOD}</reporting-period></filters>"
                                                                      f"<cursor>{cursor}</cursor></info>")
            self.assertEqual(answer.code, code, cursor)

    def test_documents_with_a_visit_are_listed_with_its_date(self):
        self.accepted(self.of("alice").put(thing(CLINICAL_DOCUMENT.replace("P-7", "P-8"), CCD)))
        answer = self.accepted(self.client.call(
            "GetMeaningfulUseTimelyAccessReport", 1,
            f"<info><document-filter><reporting-period>{self.PERIOD}</reporting-period></document-filter></info>"))
        receipts = {(e.get("patient-id"), e.get("event-date")[:10]) for e in answer.info.iter("document-receipt")}
        self.assertIn(("P-8", "2014-01-31"), receipts)

    def test_subscriptions_are_kept(self):
        def subscription(url, id_=""):
            return (f"<info><subscription><common>{id_}<notification-authentication-info><hv-eventing-shared-key>"
                    f"<notification-key>{encode(b'k' * 32)}</notification-key><notification-key-version-id>1</notification-key-version-id>"
                    "</hv-eventing-shared-key></notification-authentication-info><notification-channel><http-notification-channel>"
                    f"<url>{url}</url></http-notification-channel></notification-channel></common><record-item-changed-event><filters>"
                    f"<filter><type-ids><type-id>{WEIGHT}</type-id></type-ids></filter></filters></record-item-changed-event>"
                    "</subscription></info>")
        self.refused(self.client.call("SubscribeToEvent", 1, subscription("http://a.example/x")), 134)
        id_ = self.accepted(self.client.call("SubscribeToEvent", 1, subscription("https://a.example/x"))).text("subscription-id")
        self.accepted(self.client.call("UpdateEventSubscription", 1, subscription("https://b.example/x", f"<id>{id_}</id>")))
        answer = self.accepted(self.client.call("GetEventSubscriptions", 1))
        self.assertEqual((answer.text("id"), answer.text("url"), answer.text("type-id")), (id_, "https://b.example/x", WEIGHT))
        self.accepted(self.client.call("UnsubscribeToEvent", 1, f"<info><subscription-id>{id_}</subscription-id></info>"))
        self.refused(self.client.call("UnsubscribeToEvent", 1, f"<info><subscription-id>{id_}</subscription-id></info>"), 132)

    def test_vocabularies_are_listed_and_searched(self):
        answer = self.accepted(self.client.call("GetVocabulary", 2, "<info/>"))
        self.assertIn("gender-types", answer.body.decode())
        self.refused(self.client.call("GetVocabulary", 2, "<info><vocabulary-parameters><vocabulary-key><name>none</name>"
                                                          "</vocabulary-key><fixed-culture>false</fixed-culture></vocabulary-parameters></info>"), 55)

    def test_the_service_describes_itself(self):
        answer = self.accepted(self.client.anonymous("GetServiceDefinition", 2, "<info/>"))
        self.assertEqual(answer.info.tag, "{" + ANSWERS + "GetServiceDefinition2}info")
        self.assertEqual(answer.info.findtext("platform/url"), self.program.ready["url"])
        self.assertIn("PutThings", answer.texts("name"))


class SchemaTest(PlatformTest):
    @classmethod
    def setUpClass(cls):
        if not HAS_SCHEMAS:
            skip_loudly("no published schemas; set BB_TEST_DATA")
        cls.arguments = ("--control", "--schemas", str(DATA / "xsd"))
        super().setUpClass()

    def test_published_samples_are_taken_and_broken_ones_are_not(self):
        taken = broken = 0
        for file in sorted((DATA / "sample-xml").glob("*.xml")):
            sample = without_declaration(file.read_text(encoding="utf-8-sig"))
            valid = self.of("alice").put(thing(sample, file.stem))
            taken += valid.code == 0
            if valid.code != 0:
                continue
            root = ElementTree.fromstring(sample)
            if root.tag.startswith("{"):
                continue  # its schema includes one that is not published
            worse = sample.replace(f"<{root.tag}>", f"<{root.tag}><no-such-element/>", 1)
            answer = self.of("alice").put(thing(worse, file.stem))
            self.assertEqual(answer.code, 3 if worse != sample else answer.code, file.name)
            broken += answer.code == 3
        self.assertGreaterEqual(taken, 50)
        self.assertGreaterEqual(broken, 45)

    def test_types_are_the_published_ones(self):
        published = {}
        for file in (DATA / "xsd").glob("*.xsd"):
            text = file.read_text(encoding="utf-8-sig")
            id_, name = re.search(r"<type-id>\s*(\S+)\s*</type-id>", text), re.search(r"<type-name>\s*(.*?)\s*</type-name>", text, re.S)
            if id_ and name:
                published[id_[1].lower()] = (name[1], "<singleton/>" in text)
        self.assertGreater(len(published), 100)
        answer = self.accepted(self.client.call("GetThingType", 1, "<info><section>core</section></info>"))
        told = {e.findtext("id"): (e.findtext("name"), e.findtext("singleton") == "true") for e in answer.info.iter("thing-type")}
        self.assertEqual({id_: told.get(id_) for id_ in published}, published)
        # The three documents, and those that the set-up adds.
        self.assertEqual(set(told) - set(published), {CCD, CDA, "1e1ccbfc-a55d-4d91-8940-fa2fbf73c195", HOUSE, KEPT, OURS})

    def test_things_are_dated_as_their_schema_says(self):
        compared = 0
        for file in sorted((DATA / "sample-xml").glob("*.xml")):
            sample = without_declaration(file.read_text(encoding="utf-8-sig"))
            schema = next((t for t in (f.read_text(encoding="utf-8-sig") for f in (DATA / "xsd").glob("*.xsd"))
                           if re.search(rf"<type-id>\s*{file.stem}\s*<", t, re.I) and "<type-name>" in t), "")
            element = re.search(r"<effective-date-element>\s*([^\s<]+)\s*<", schema)
            when = ElementTree.fromstring(sample).find(element[1]) if element else None
            day = None if when is None else next((when.find(p) for p in (".//date", ".") if when.find(p) is not None), None)
            if day is None or day.find("y") is None:
                continue
            answer = self.of("carol", "alice").put(thing(sample, file.stem))
            if answer.code != 0:
                continue
            expected = "-".join(f"{int(day.findtext(part, '1')):0{width}}" for part, width in (("y", 4), ("m", 2), ("d", 2)))
            read = self.of("alice").get(group(f"<id>{answer.keys()[0][0]}</id>"))
            self.assertEqual(read.text("eff-date")[:10], expected, file.name)
            compared += 1
        self.assertGreater(compared, 25)

    def test_data_of_the_wrong_shape_are_refused(self):
        self.refused(self.of("alice").put(thing(weight("heavy"))), 3)
        self.refused(self.of("alice").put(thing("<weight><value><kg>1</kg></value></weight>")), 3)
        self.accepted(self.of("alice").put(thing(weight("70.5"))))

    def test_beside_the_data_there_is_common_alone(self):
        alice, data = self.of("alice"), weight(1)
        for wrong in (data + data, data + "<evil/>", "text" + data, data + "text", "<common/>" + data, data + "<common/>" * 2,
                      data + "<common xmlns='urn:x'/>", data + "<common><evil/></common>", data + "<common>text</common>",
                      data + "<common><client-thing-id>" + "x" * 256 + "</client-thing-id></common>",
                      data + "<common><note>n</note><source>s</source></common>"):
            self.refused(alice.put(thing(wrong)), 3)
        for right in (data, "<!-- c --> " + data + " <?p?>", data + "<common/>", data + "<common><source>s</source><note>n</note>"
                      "<tags>t</tags><extension source='x'><any/></extension><client-thing-id>" + "x" * 255 + "</client-thing-id></common>"):
            self.accepted(alice.put(thing(right)))


if __name__ == "__main__":
    unittest.main()
