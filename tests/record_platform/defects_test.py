#!/usr/bin/env python3
"""Each defect of the record platform can be seen from outside, and is not there without it.

A probe asks one question over HTTPS; its answer without a defect is the right one, with
the defect another.
"""
import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_client import *  # noqa: E402,F403
import semantics_test  # noqa: E402
import shell_test  # noqa: E402
from platform_test import DATA, HAS_SCHEMAS, PROGRAM, Fresh  # noqa: E402
from semantics_test import CLINICAL_DOCUMENT  # noqa: E402
from shell_test import Browser, came_back  # noqa: E402

block_hash = semantics_test.BlobTest.block_hash


class Probe:
    """A running platform with or without the defect, and questions to it."""

    def __init__(self, fresh):
        self.fresh, self.client, self.program = fresh, fresh.client, fresh.program
        self.alice, self.bruno, self.carol = fresh.of("alice"), fresh.of("bruno"), fresh.of("carol", "alice")

    def put(self, *things, person=None, **header):
        answer = (person or self.alice).put(*things, **header)
        assert answer.code == 0, (answer.code, answer.message)
        return answer.keys()

    def narrow(self):
        return self.fresh.of("alice", client=Client(self.program, "narrow"))

    def at_shell(self, target, account="alice", decision="yes", application="sample", **how):
        browser = Browser(self.program)
        _, _, text = browser.visit(target, account, appid=self.program.application(application)["id"], **how.pop("query", {}))
        _, location, text = browser.decide(text, decision, **how)
        browser.wire.close()
        return came_back(location) if location else text

    def connect(self, *answers):
        info = ("<info><friendly-name>C</friendly-name><question>q</question><answer>Blue Sky</answer><external-id>e</external-id></info>")
        code = self.client.call("CreateConnectRequest", 1, info).text("identity-code")
        told = [self.at_shell("CONNECT", code=code, answer=answer) for answer in answers]
        return code, [isinstance(one, dict) for one in told]

    def later(self, seconds):
        self.client.control("clock", {"offset_seconds": seconds})

    # One method a defect, named as it is; what comes back is compared.
    def accepts_tampered_header(self):
        return self.alice.get(alter=lambda text: text.replace("en-US", "en-GB")).code

    def accepts_signed_anonymous(self):
        return self.client.call("GetServiceDefinition", 2).code

    def accepts_tampered_info(self):
        return self.alice.get(alter_info=lambda text: text.replace("<info>", "<info> ")).code

    def accepts_unknown_token(self):
        self.client.create_session()
        return self.alice.get(token="y" * 64).code

    def accepts_expired_session(self):
        self.client.create_session()
        self.later(5 * 3600)
        return self.alice.get(time=utc(5 * 3600)).code

    def accepts_old_request(self):
        return self.alice.get(time=utc(-3600), ttl=60).code

    def accepts_replay(self):
        body = self.client.signed("PutThings", 2, f"<info>{thing(weight(5))}</info>", **self.alice.header)
        self.client.post(body), self.client.post(body)
        return len(self.alice.kilograms())

    def accepts_unsigned_session(self):
        return self.client.create_session(tamper=lambda text: text.replace("HMACSHA256", "HMACSHA1")).code

    def accepts_old_signing_time(self):
        return self.client.create_session(signing_time=utc(-7200)).code

    def accepts_unknown_certificate(self):
        return self.client.create_session(thumbprint="00" * 20).code

    def accepts_any_order(self):
        info, app = "<info/>", f"<app-id>{self.client.app['id']}</app-id>"
        text = header_of("GetServiceDefinition", 1, app=self.client.app["id"], info=info)
        return self.client.post(envelope(text.replace(app, "").replace("<msg-ttl>", app + "<msg-ttl>"), info)).code

    def ignores_denied_consent(self):
        self.at_shell("APPAUTH", "bruno", "no", "narrow")
        return self.fresh.of("bruno", client=Client(self.program, "narrow")).get().code

    def accepts_wrong_record(self):
        return self.fresh.of("alice", "bruno").get().code

    def accepts_swapped_ids(self):
        return Person(self.client, self.program.record("alice"), self.program.person("alice")).get().code

    def ignores_version_stamp(self):
        old = self.put(thing(weight(1)))[0]
        self.put(thing(weight(2), key=old))
        return self.alice.put(thing(weight(3), key=old)).code

    def stores_half(self):
        self.alice.put(thing(weight(1)), thing("<height/>"))
        return self.alice.kilograms()

    def ignores_rights(self):
        return self.narrow().put(thing(weight(1), key=self.put(thing(weight(2)))[0])).code

    def ignores_revocation(self):
        self.alice.call("RemoveApplicationRecordAuthorization", 1)
        return self.alice.get().code

    def refuses_caregiver(self):
        return self.carol.get().code

    def doubles_on_retry(self):
        for _ in range(2):
            self.put(thing(weight(1, client_id="x")))
        return len(self.alice.kilograms())

    def three(self):
        return self.put(*(thing(weight(kg, (2014, 1, kg))) for kg in (1, 2, 3)))

    def oldest_first(self):
        self.three()
        return self.alice.kilograms()

    def drops_beyond_full(self):
        self.three()
        return len(self.alice.get(group(attributes=' max-full="1"')).texts("eff-date"))

    def any_condition(self):
        self.three()
        return self.alice.kilograms(group(filter_of(f"<type-id>{WEIGHT}</type-id>", "<eff-date-min>2014-01-03T00:00:00Z</eff-date-min>")))

    def any_xpath(self):
        return self.alice.get(group(filter_of("<xpath>//kg</xpath>"))).code

    def any_format(self):
        return self.alice.get("<group/>").code

    def any_group_count(self):
        return self.alice.get(*[group(attributes=f' name="{i}" max="1"') for i in range(21)]).code

    def shows_deleted(self):
        self.alice.remove(self.put(thing(weight(1)))[0])
        return self.alice.kilograms()

    def shows_personal(self):
        self.put(thing(weight(1), flags=1))
        return self.carol.kilograms()

    def counted(self, person):
        self.put(thing(CLINICAL_DOCUMENT, CCD), person=person)
        person.get(group(behind="<intents><intent>view</intent></intents>"))
        info = f"<info><filters><reporting-period>{semantics_test.ReportTest.PERIOD}</reporting-period></filters></info>"
        return len(list(self.client.call("GetMeaningfulUseVDTReport", 1, info).info.iter("activity")))

    def ignores_intents(self):
        return self.counted(self.alice)

    def counts_opted_out(self):
        return self.counted(self.bruno)

    def grants_by_default(self):
        return self.narrow().call("QueryPermissions", 1, f"<info><thing-type-id>{HEIGHT}</thing-type-id></info>").texts("permission")

    def first_page_only(self):
        return self.client.call("GetAuthorizedPeople", 1, "<info><parameters><num-results>2</num-results></parameters></info>").text("more-results")

    def blob(self, complete=True, digest=None, first=0, data=b"bytes"):
        answer = self.alice.call("BeginPutBlob", 1)
        url = answer.text("blob-ref-url")
        path = url.split(self.client.wire.url.netloc)[1]
        headers = {"Content-Range": f"bytes {first}-{first + len(data) - 1}/*", **({"x-hv-blob-complete": "1"} if complete else {})}
        status = self.client.wire.send("POST", path, data, headers)[0]
        more = (f"<blob-payload><blob><blob-info><name/><content-type>a/b</content-type><hash-info><algorithm>SHA256Block</algorithm>"
                f"<hash>{digest or block_hash(data)}</hash></hash-info></blob-info><blob-ref-url>{url}</blob-ref-url></blob></blob-payload>")
        return status, self.alice.put(thing("<file><name>f</name><size>1</size></file>", FILE, more=more))

    def streamed(self, key):
        more = "<blob-payload-request><blob-format><blob-format-spec>streamed</blob-format-spec></blob-format></blob-payload-request>"
        url = self.alice.get(group(f"<id>{key[0]}</id>", more=more)).text("blob-ref-url")
        return url.split(self.client.wire.url.netloc)[1]

    def ignores_blob_hash(self):
        return self.blob(digest=block_hash(b"other"))[1].code

    def ignores_blob_gap(self):
        return self.blob(complete=False)[1].code, self.blob(first=7)[0]

    def alters_blobs(self):
        return self.client.wire.send("GET", self.streamed(self.blob()[1].keys()[0]))[2]

    def blob_url_lasts(self):
        path = self.streamed(self.blob()[1].keys()[0])
        self.later(7200)
        return self.client.wire.send("GET", path)[0]

    def alters_documents(self):
        key = self.put(thing(weight(1, note="two  blanks")))[0]
        return self.alice.get(group(f"<id>{key[0]}</id>")).text("note")

    def drops_provenance(self):
        key = self.put(thing(weight(1, source="Clinic")))[0]
        return self.alice.get(group(f"<id>{key[0]}</id>")).text("source")

    def takes_any_xml(self):
        return self.alice.put(thing(weight("heavy"))).code

    def ignores_quota(self):
        return self.bruno.put(thing(weight(1, note="x" * 30000))).code

    def compares_guid_case(self):
        return self.alice.get(group(filter_of(f"<type-id>{WEIGHT.upper()}</type-id>"))).code

    def expands_entities(self):
        info = "<info/>"
        text = header_of("GetServiceDefinition", 1, app=self.client.app["id"], info=info).replace("by-hand/1.0", "&e;")
        return self.client.post('<!DOCTYPE x [<!ENTITY e "made of an entity">]>' + envelope(text, info)).code

    def leaks_context(self):
        return "Exception" in self.client.call("Nothing", 1).message

    def http_errors(self):
        return self.client.call("Nothing", 1).status

    def no_code(self):
        return self.client.call("Nothing", 1).root.findtext("status/code")

    def wrong_namespace(self):
        return self.alice.get().info.tag

    def unknown_method_failed(self):
        return self.client.call("Nothing", 1).code

    def guesses_version(self):
        return self.alice.call("GetThings", 9, f"<info>{group()}</info>").code

    def updates_immutable(self):
        return self.alice.put(thing(CLINICAL_DOCUMENT, CDA, key=self.put(thing(CLINICAL_DOCUMENT, CDA))[0])).code

    def updates_read_only(self):
        return self.alice.put(thing(weight(2), key=self.put(thing(weight(1), flags=16))[0])).code

    def short_identity_code(self):
        return len(self.connect()[0])

    def compares_answer_case(self):
        return self.connect("blue sky")[1]

    def ignores_answer_blanks(self):
        return self.connect("BlueSky")[1]

    def uncounted_wrong_answers(self):
        return self.connect("1", "2", "3", "Blue Sky")[1]

    def forgets_connect_requests(self):
        self.connect("Blue Sky")
        return self.client.call("GetAuthorizedConnectRequests", 1).texts("external-id")

    def withdraws_claimed(self):
        self.connect("Blue Sky")
        return self.client.call("DeletePendingConnectRequest", 1, "<info><external-id>e</external-id></info>").code

    def connect_never_expires(self):
        code, _ = self.connect()
        self.later(30 * 24 * 3600)
        return isinstance(self.at_shell("CONNECT", code=code, answer="Blue Sky"), dict)

    def package_picked_twice(self):
        info = ("<info><friendly-name>C</friendly-name><question>q</question><external-id>e</external-id><package><type-id>"
                f"{PACKAGE}</type-id><data-xml>{shell_test.ConnectTest.PACKAGE_DATA}</data-xml></package></info>")
        code = self.client.call("CreateConnectPackage", 2, info).text("identity-code")
        return [isinstance(self.at_shell("PICKUP", code=code), dict) for _ in range(2)]

    def takes_alternate_id_twice(self):
        info = "<info><alternate-id>MRN</alternate-id></info>"
        return [person.call("AssociateAlternateId", 1, info).code for person in (self.alice, self.bruno)]

    def alters_action_query(self):
        return self.at_shell("APPAUTH", query={"actionqs": "state"})["actionqs"]

    MEDICATION = ("5c5f1223-f63c-4464-870c-3e36ba471def", "30cafccc-047d-4288-94ef-643571f7919d")

    def read_converted(self):
        key = self.put(thing("<medication><name>A</name></medication>", self.MEDICATION[0]))[0]
        newer = f"<type-version-format>{self.MEDICATION[1]}</type-version-format>"
        return self.alice.get(group(f"<id>{key[0]}</id>", more=newer))

    def ignores_type_version(self):
        return self.read_converted().text("type-id")

    def unflagged_conversion(self):
        return self.read_converted().text("flags")

    def takes_older_version(self):
        key = self.put(thing("<medication><name><text>A</text></name></medication>", self.MEDICATION[1]))[0]
        return self.alice.put(thing("<medication><name>A</name></medication>", self.MEDICATION[0], key=key)).code

    def read_document(self):
        document = '<ClinicalDocument xmlns="urn:hl7-org:v3"><paragraph ID="p">x</paragraph></ClinicalDocument>'
        return self.alice.get(group(f"<id>{self.put(thing(document, CDA))[0][0]}</id>")).body

    def alters_narrative(self):
        return b".</paragraph>" in self.read_document()

    def alters_attributes(self):
        return b'ID="x' in self.read_document()

    def takes_comment_first(self):
        return self.alice.put(thing('<!-- x --><ContinuityOfCareRecord xmlns="urn:astm-org:CCR"/>', CCR)).code


class DefectsTest(unittest.TestCase):
    def test_each_can_be_seen_and_alone(self):
        listed = json.loads(subprocess.run([PROGRAM, "--list-defects", "--json"], capture_output=True, check=True).stdout)
        self.assertGreaterEqual(len(listed), 50)
        for row in listed:
            name = row["name"]
            with self.subTest(defect=name):
                self.assertTrue(all(id_.startswith("HV-") for id_ in row["requirements"]) and row["requirements"])
                needs_schemas = name == "takes-any-xml"
                if needs_schemas and not HAS_SCHEMAS:
                    print("SKIPPED takes-any-xml: no published schemas; set BB_TEST_DATA", file=sys.stderr)
                    continue
                schemas = ["--schemas", DATA / "xsd"] if needs_schemas else []
                answers = []
                for defect in (None, name):
                    with Fresh(*schemas, *(["--defect", defect] if defect else [])) as fresh:
                        answers.append(getattr(Probe(fresh), name.replace("-", "_"))())
                self.assertNotEqual(answers[0], answers[1])


if __name__ == "__main__":
    unittest.main()
