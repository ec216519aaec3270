#!/usr/bin/python3
"""The HealthVault connector against platforms that answer wrongly, without end, or for somebody else.

    broken_platform_test.py CONNECTOR_TOOL PLUGIN_FOLDER CONNECTOR_HOST
"""
import base64
import pathlib
import re
import subprocess
import sys
import unittest

for folder in ("mail", "e2e"):
    sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / folder))
PROGRAMS = sys.argv[1:4]
import peers  # noqa: E402
from connectors import Connectors, Refused  # noqa: E402

APP, PERSON, RECORD, OTHER = (f"{digit * 8}-2222-4333-8444-555555555555" for digit in "1abc")
FILE, WEIGHT = "bd0403c5-4ae2-4b0e-a8db-1888678e4528", "3d34d87e-7fc1-4153-800f-f56592cb0d17"
RECORD_OF_PERSON = (f'<record id="{RECORD}" record-custodian="true" rel-type="1" rel-name="Self" display-name="A" state="Active"'
                    ' auth-expires="9999-12-31T23:59:59Z" date-created="2014-01-01T00:00:00Z">A</record>')
TOKEN = "canary-token-5e77"


def answer(method, inside, version=""):
    return 200, (f'<response><status><code>0</code></status><wc:info xmlns:wc="urn:com.microsoft.wc.methods.response.{method}{version}">'
                 f"{inside}</wc:info></response>").encode()


def refusal(code, message="no"):
    return 200, f"<response><status><code>{code}</code><error><message>{message}</message></error></status></response>".encode()


def person_info(person):
    return answer("GetPersonInfo", f"<person-info><person-id>{person}</person-id><name>A</name>{RECORD_OF_PERSON}</person-info>")


def session(token=TOKEN):
    secret = base64.b64encode(b"canary-secret-of-32-bytes-94c1aa").decode()
    return answer("CreateAuthenticatedSessionToken", f'<token app-id="{APP}" app-record-auth-action="NoActionRequired">{token}</token>'
                  f"<shared-secret>{secret}</shared-secret>", 2)


def things(*groups):
    return answer("GetThings", "".join(groups), 3)


def group(inside="", name="0"):
    return f'<group name="{name}">{inside}</group>'


def file_thing(url, number=1):
    key = f"00000000-0000-0000-0000-{number:012}"
    return (f'<thing><thing-id version-stamp="{key}">{key}</thing-id><type-id name="File">{FILE}</type-id><thing-state>Active</thing-state>'
            "<flags>0</flags><eff-date>2014-01-01T00:00:00Z</eff-date><data-xml><file><name>a.pdf</name><size>3</size><content-type>"
            "<text>application/pdf</text></content-type></file></data-xml><blob-payload><blob><blob-info><name/><content-type>"
            f"application/pdf</content-type></blob-info><content-length>3</content-length><blob-ref-url>{url}</blob-ref-url></blob>"
            "</blob-payload></thing>")


class BrokenPlatformTest(unittest.TestCase):
    """`answers` are by method: (status, body), or a function of the request's text."""

    def setUp(self):
        self.folder = self.enterContext(peers.temporary_folder())
        self.answers = {"CreateAuthenticatedSessionToken": session(), "GetPersonInfo": person_info(PERSON)}
        self.asked = []
        self.url, self.ca_file = self.enterContext(peers.https_server(self.folder, self.serve))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN=WildcatApp-{APP}",
                        "-keyout", self.folder / "app.key", "-out", self.folder / "app.crt"], check=True, capture_output=True)
        self.tool = self.enterContext(Connectors(*PROGRAMS, self.folder))
        made = self.tool.ask(make="record", type="org.bluebridge.healthvault.record", ca_file=str(self.ca_file),
                             secrets={"key": str(self.folder / "app.key")},
                             config={"platform_url": self.url + "/platform/wildcat.ashx", "app_id": APP, "key": "key",
                                     "thumbprint": "00" * 20, "shell_url": self.url})
        self.assertNotIn("error", made)

    def serve(self, handler, body):
        text = body.decode()
        method = re.search("<method>(.*?)</method>", text)
        self.asked.append(method[1] if method else handler.path)
        given = self.answers.get(self.asked[-1], (404, b""))
        status, content = given(text) if callable(given) else given
        return status, "text/xml", content

    def call(self, interface, function, /, **arguments):
        self.asked.clear()
        return self.tool.call("record", f"bb.{interface}/1", function, timeout_ms=20000, **arguments)

    def sign_in(self, **more):
        return self.call("session", "open", **{"method": "signed_request", "account": PERSON, "patient": RECORD, **more})

    def refused(self, status, said, *arguments, **more):
        with self.assertRaises(Refused) as caught:
            self.call(*arguments, **more)
        self.assertEqual(caught.exception.status, status, caught.exception.message)
        self.assertIn(said, caught.exception.message)
        self.assertNotIn("canary", caught.exception.message)

    def test_each_wrong_answer_is_named(self):
        self.sign_in()
        empty = b"<response><status><code>0</code></status></response>"
        for given, status, said in (
                ((200, b""), "BB_E_PROTOCOL", "the document is empty"),
                ((200, b"<html/>"), "BB_E_PROTOCOL", "expected 'response'"),
                ((200, empty), "BB_E_PROTOCOL", "expected 'info' behind 'status'"),
                ((200, empty.replace(b"<code>0</code>", b"")), "BB_E_PROTOCOL", "expected 'code'"),
                ((200, empty.replace(b"0", b"11")), "BB_E_PROTOCOL", "the code 11 comes without 'error/message'"),
                ((200, empty.replace(b"</r", b'<i xmlns="urn:x"/></r')), "BB_E_PROTOCOL", "'info' of a namespace"),
                ((200, b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + empty), "BB_E_PROTOCOL", "DOCTYPE"),
                ((302, b""), "BB_E_PROTOCOL", "expected HTTP 200, got 302; redirects are not followed"),
                (refusal(11, "x" * 100000), "BB_E_FORBIDDEN", "11 ACCESS_DENIED: xxx")):
            with self.subTest(given[1][:80]):
                self.answers["GetThings"] = given
                self.refused(status, said, "view", "list")
                self.assertEqual(self.asked, ["GetThings"])

    def test_what_is_refused_for_ever_is_asked_a_few_times(self):
        self.sign_in()
        for code in (7, 8, 65):
            self.answers["GetThings"] = refusal(code)
            self.refused("BB_E_UNAUTHENTICATED", str(code), "view", "list")
            self.assertEqual(self.asked, ["GetThings", "CreateAuthenticatedSessionToken", "GetThings"])
        self.answers["GetThings"] = refusal(71)
        self.refused("BB_E_REJECTED", "71", "view", "list")
        self.assertLess(len(self.asked), 10)

    def test_bytes_go_nowhere_else(self):
        self.sign_in()
        elsewhere, seen = self.folder / "elsewhere", []
        elsewhere.mkdir()
        other, _ = self.enterContext(peers.https_server(elsewhere, lambda handler, body: (seen.append(body), (200, None, b"abc"))[1]))
        for url in (other + "/streaming?blob-ref-token=canary", "file:///etc/passwd", self.url.replace("https:", "http:") + "/b"):
            self.answers["GetThings"] = things(group(file_thing(url)))
            self.refused("BB_E_PROTOCOL", "expected an address of the platform", "download", "fetch", format_id="pdf")
            self.answers["GetThings"] = things(group())
            self.answers["BeginPutBlob"] = answer("BeginPutBlob", f"<blob-ref-url>{url}</blob-ref-url><blob-chunk-size>1048576</blob-chunk-size>"
                                                  "<max-blob-size>1048576</max-blob-size><blob-hash-algorithm>SHA256Block</blob-hash-algorithm>"
                                                  "<blob-hash-parameters><block-size>2097152</block-size></blob-hash-parameters>")
            self.refused("BB_E_PROTOCOL", "expected an address of the platform", "transmit", "send", idempotency_key="k",
                         destinations=[{"scheme": "healthvault", "address": f"{PERSON}/{RECORD}"}],
                         attachments=[{"filename": "a.pdf", "media_type": "application/pdf", "content_base64": "JVBERi0xLjQ="}])
        self.assertEqual(seen, [])

    def test_a_document_that_is_not_there_is_not_said_to_be(self):
        # HV-ENV-13: this platform answers a search for a client's id with whatever it has, and stores nothing.
        self.sign_in()
        self.answers["GetThings"] = things(group(file_thing(self.url)))
        self.refused("BB_E_PROTOCOL", "has not the client-thing-id 'k.1'", "transmit", "send", idempotency_key="k",
                     destinations=[{"scheme": "healthvault", "address": f"{PERSON}/{RECORD}"}],
                     attachments=[{"filename": "a.xml", "media_type": "text/xml", "content_base64":
                                   base64.b64encode((peers.SOURCE / "samples/records/alice.xml").read_bytes()).decode()}])

    def test_another_person_is_not_signed_in(self):
        self.answers["GetPersonInfo"] = person_info(OTHER)
        self.refused("BB_E_PROTOCOL", "another person", "session", "open", method="signed_request", account=PERSON, patient=RECORD)

    def test_a_session_needs_a_token(self):
        for token in ("", "x" * 70000):
            self.answers["CreateAuthenticatedSessionToken"] = session(token)
            self.refused("BB_E_PROTOCOL", "expected a token", "session", "open", method="signed_request", account=PERSON)

    def test_a_connect_request_is_attached_to_one_record(self):
        extra = {"external_id": "MRN-1", "question": "Colour?", "answer": "blue"}

        def authorized(*people):
            return answer("GetAuthorizedConnectRequests", "".join(
                f'<connect-request><person-id>{person}</person-id><record-id app-specific-record-id="1">{RECORD}</record-id>'
                f"<app-id>{APP}</app-id><external-id>MRN-1</external-id></connect-request>" for person in people))

        self.answers["GetAuthorizedConnectRequests"] = authorized(PERSON, OTHER)
        self.refused("BB_E_CONFLICT", "more than one record", "session", "open", method="signed_request", extra=extra)
        self.answers["GetAuthorizedConnectRequests"] = authorized()
        for code in ("A" * 101, "two words"):
            self.answers["CreateConnectRequest"] = answer("CreateConnectRequest", f"<identity-code>{code}</identity-code>")
            self.refused("BB_E_PROTOCOL", "expected an identity code", "session", "open", method="signed_request", extra=extra)
        self.answers["GetAuthorizedConnectRequests"] = authorized(PERSON, PERSON)
        self.assertEqual(self.call("session", "open", method="signed_request", extra=extra)["emitted"]["session"]["patient"], RECORD)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[4:])
