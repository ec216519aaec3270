#!/usr/bin/env python3
"""The platform's pages as a browser without scripts uses them, and what is bound by a code."""
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from form_reader import FormReader  # noqa: E402
from platform_client import *  # noqa: E402,F403
from platform_test import PEOPLE, Fresh, PlatformTest  # noqa: E402


class Browser:
    def __init__(self, program):
        self.wire, self.cookie = Wire(program.ready), None

    def open(self, path, form=None):
        headers = {"Cookie": self.cookie} if self.cookie else {}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, got, text = self.wire.send("POST" if form is not None else "GET", path, body, headers)
        if got.get("Set-Cookie"):
            self.cookie = got["Set-Cookie"].split(";")[0]
        return status, got.get("Location"), text.decode()

    def visit(self, target, account=None, **query):
        """The form of a target, behind the sign-in where an account is given."""
        path = f"/redirect.aspx?target={target}&targetqs={urllib.parse.quote(urllib.parse.urlencode(query), safe='')}"
        status, location, text = self.open(path)
        if account and "password" in text:
            form = FormReader(text)
            status, location, text = self.open(form.action, {**form.fields, "account": account, "password": f"blue-button-{account}"})
            if location:
                status, location, text = self.open(location)
        return status, location, text

    def decide(self, text, decision="yes", **more):
        form = FormReader(text)
        chosen = {name: [v for v, checked in values if checked] for name, values in form.choices.items()}
        return self.open(form.action, {**form.fields, **chosen, "decision": decision, **more})


def came_back(location):
    return {name: values[0] for name, values in urllib.parse.parse_qs(urllib.parse.urlsplit(location).query, keep_blank_values=True).items()}


class ShellTest(PlatformTest):
    def setUp(self):
        self.browser = Browser(self.program)
        self.app = self.client.app["id"]

    def tearDown(self):
        self.browser.wire.close()

    def test_consent_gives_a_token_and_what_was_sent_along(self):
        with Fresh() as fresh:
            browser, narrow = Browser(fresh.program), Client(fresh.program, "narrow")
            state = "a=1&b=ä %2F"
            _, _, text = browser.visit("APPAUTH", "bruno", appid=narrow.app["id"], actionqs=state, onopt1="true")
            self.assertIn("Weight", text)
            self.assertEqual(FormReader(text).choices["rule"], [("2", False)])
            status, location, _ = browser.decide(text)
            back = came_back(location)
            self.assertEqual((status, location.split("?")[0]), (303, "https://narrow.example/back"))
            self.assertEqual((back["target"], back["actionqs"], back["instanceid"] if "instanceid" in back else back["instanceId"]),
                             ("APPAUTHSUCCESS", state, "1"))
            bruno = Person(narrow, None, fresh.program.record("bruno"), user_token=back["wctoken"])
            key = self.accepted(bruno.put(thing(weight(50)))).keys()[0]
            self.accepted(bruno.put(thing(weight(51), key=key)))
            offline = fresh.of("bruno", client=narrow)
            self.accepted(offline.get())
            self.refused(offline.put(thing(weight(52), key=key)), 11)
            # The optional rule was not ticked.
            answer = self.accepted(bruno.call("QueryPermissions", 1, "<info><thing-type-id>3a54f95f-03d8-4f62-815f-f691fc94a500</thing-type-id></info>"))
            self.assertEqual(answer.texts("permission"), [])
            browser.wire.close()

    def test_a_no_gives_nothing(self):
        narrow = Client(self.program, "narrow")
        _, _, text = self.browser.visit("APPAUTH", "bruno", appid=narrow.app["id"], actionqs="s")
        _, location, _ = self.browser.decide(text, "no")
        back = came_back(location)
        self.assertEqual((back["target"], back["actionqs"]), ("APPAUTHREJECT", "s"))
        self.assertNotIn("wctoken", back)
        self.refused(self.of("bruno", client=narrow).get(), 18)

    def test_a_wrong_password_and_a_foreign_form_open_nothing(self):
        _, _, text = self.browser.visit("APPAUTH", appid=self.app)
        form = FormReader(text)
        status, _, _ = self.browser.open(form.action, {**form.fields, "account": "bruno", "password": "guess"})
        self.assertEqual(status, 401)
        _, _, text = self.browser.visit("APPAUTH", "bruno", appid=self.app)
        status, location, _ = self.browser.decide(text, csrf="another")
        self.assertEqual((status, location), (403, None))

    def test_guessing_is_slowed(self):
        with Fresh() as fresh:
            browser = Browser(fresh.program)
            form = FormReader(browser.visit("APPAUTH", appid=self.app)[2])
            tried = [browser.open(form.action, {**form.fields, "account": "alice", "password": str(n)})[0] for n in range(21)]
            self.assertEqual(tried, [401] * 20 + [429])
            self.assertEqual(browser.open(form.action, {**form.fields, "account": "alice", "password": "blue-button-alice"})[0], 429)
            browser.wire.close()

    def test_unknown_targets_and_applications_are_told(self):
        for query in ("target=NOWHERE&targetqs=appid%3D" + self.app, "target=APPAUTH", "target=APPAUTH&targetqs=appid%3Dx"):
            status, _, _ = self.browser.open("/redirect.aspx?" + query)
            self.assertIn(status, (200, 400), query)
        self.assertEqual(self.browser.visit("NOWHERE", appid=self.app)[0], 400)
        self.assertEqual(self.browser.visit("APPAUTH", "alice", appid="00000000-0000-4000-8000-000000000000")[0], 400)

    def test_a_record_that_is_not_the_persons_comes_back_as_invalid(self):
        _, location, _ = self.browser.visit("APPAUTH", "bruno", appid=self.app, extrecordid=self.program.record("alice"))
        self.assertEqual(came_back(location)["target"], "APPAUTHINVALIDRECORD")

    def test_the_way_back_can_be_a_form(self):
        _, _, text = self.browser.visit("APPAUTH", "alice", appid=self.app, trm="post", actionqs="x y")
        status, location, text = self.browser.decide(text)
        form = FormReader(text)
        self.assertEqual((status, location, form.action), (200, None, "https://app.example/back"))
        self.assertEqual((form.fields["target"], form.fields["actionqs"]), ("APPAUTHSUCCESS", "x y"))

    def test_an_address_to_go_back_to_is_an_address_alone(self):
        _, _, text = self.browser.visit("APPAUTH", "alice", appid=self.app)
        for address in ("https://x.example/\r\nSet-Cookie: shell=theirs", "https://x.example/\nX: y", "https://x.example/a b",
                        "javascript:alert(1)", "//x.example"):
            form = FormReader(self.browser.visit("APPAUTH", appid=self.app, redirect=address)[2])
            _, got, _ = self.browser.wire.send("POST", form.action, urllib.parse.urlencode({
                **form.fields, "record": self.program.record("alice"), "decision": "yes"}), {"Cookie": self.browser.cookie})
            self.assertEqual((got["Location"], got["Set-Cookie"], got["X"]), (None, None, None), address)
        _, _, text = self.browser.visit("APPAUTH", appid=self.app, redirect="https://x.example/back#part")
        _, location, _ = self.browser.decide(text)
        self.assertEqual((came_back(location)["target"], location.split("#")[1]), ("APPAUTHSUCCESS", "part"))

    def test_targets_come_back_as_documented(self):
        for target, decision, wanted in (("RECORDLIST", "yes", "SELECTEDRECORDCHANGED"), ("EDITRECORD", "yes", "EDITRECORDCOMPLETE"),
                                         ("EDITRECORD", "no", "EDITRECORDCANCEL"), ("RECONCILE", "yes", "RECONCILECOMPLETE"),
                                         ("RECONCILE", "no", "RECONCILECANCELED"), ("SHARERECORD", "no", "SHARERECORDFAILED"),
                                         ("CREATERECORD", "yes", "SELECTEDRECORDCHANGED")):
            _, _, text = self.browser.visit(target, "alice", appid=self.app)
            more = {"name": "Alice Newman"} if "RECORD" in target and decision == "yes" else {}
            _, location, _ = self.browser.decide(text, decision, **more)
            self.assertEqual(came_back(location)["target"], wanted, (target, decision))
        _, location, _ = self.browser.visit("APPSIGNOUT", "alice", appid=self.app)
        self.assertEqual(came_back(location)["target"], "SIGNOUT")

    def test_a_record_that_was_made_has_the_name_that_was_typed(self):
        name = "A second record of Alice, with a name beyond any short text"
        _, _, text = self.browser.visit("CREATERECORD", "alice", appid=self.app)
        self.browser.decide(text, name=f"  {name} ")
        self.assertIn(f">{name}<", self.browser.visit("APPAUTH", "alice", appid=self.app)[2])
        _, _, text = self.browser.visit("CREATERECORD", "alice", appid=self.app)
        self.assertIn("23 INVALID_RECORD_NAME", self.browser.decide(text, name=" ")[2])

    def test_sharing_lets_another_person_in(self):
        with Fresh() as fresh:
            browser = Browser(fresh.program)
            _, _, text = browser.visit("SHARERECORD", "alice", appid=fresh.client.app["id"])
            _, location, _ = browser.decide(text, **{"with": "bruno"})
            self.assertEqual(came_back(location)["target"], "SHARERECORDSUCCESS")
            browser.cookie = None
            _, _, text = browser.visit("APPAUTH", "bruno", appid=fresh.client.app["id"], extrecordid=fresh.program.record("alice"))
            browser.decide(text)
            self.accepted(fresh.of("bruno", "alice").get())
            browser.wire.close()

    def test_who_only_looks_neither_shares_nor_renames(self):
        viewed = PEOPLE.replace("carol: custodian", "carol: viewer")
        with Fresh(people=viewed) as fresh:
            browser, app = Browser(fresh.program), fresh.client.app["id"]
            for target, more in (("SHARERECORD", {"with": "bruno"}), ("EDITRECORD", {"name": "Mine"})):
                _, _, text = browser.visit(target, "carol", appid=app, extrecordid=fresh.program.record("alice"))
                status, location, text = browser.decide(text, **more)
                self.assertEqual((status, location), (422, None))
                self.assertIn("11 ACCESS_DENIED", text)
            self.assertIn(">Alice Newman<", browser.visit("APPAUTH", appid=app)[2])
            browser.cookie = None
            self.assertEqual(came_back(browser.visit("APPAUTH", "bruno", appid=app, extrecordid=fresh.program.record("alice"))[1])["target"],
                             "APPAUTHINVALIDRECORD")
            browser.wire.close()

    def test_a_device_has_a_session_once_a_person_agreed(self):
        made = self.accepted(self.client.anonymous("NewApplicationCreationInfo", 1, "<info/>"))
        app, secret = made.text("app-id"), base64.b64decode(made.text("shared-secret"))
        _, _, text = self.browser.visit("CREATEAPPLICATION", "alice", appid=self.app, appCreationToken=made.text("app-token"))
        self.assertEqual(came_back(self.browser.decide(text)[1])["target"], "APPAUTHSUCCESS")
        content = f"<content><app-id>{app}</app-id><hmac>HMACSHA256</hmac><signing-time>{utc()}</signing-time></content>"
        code = encode(hmac.new(secret, content.encode(), hashlib.sha256).digest())
        answer = self.accepted(self.client.anonymous(
            "CreateAuthenticatedSessionToken", 2, f"<info><auth-info><app-id>{app}</app-id><credential><appserver2>"
            f'<hmacSig algName="HMACSHA256">{code}</hmacSig>{content}</appserver2></credential></auth-info></info>', app=app))
        device = Client(self.program)
        device.token, device.secret = answer.text("token"), base64.b64decode(answer.text("shared-secret"))
        self.accepted(Person(device, self.program.person("alice"), self.program.record("alice")).put(thing(weight(40))))
        device.wire.close()


class ConnectTest(PlatformTest):
    def request(self, external_id="MRN-7", answer="Blue  Sky"):
        return self.client.call("CreateConnectRequest", 1, f"<info><friendly-name>Clinic</friendly-name><question>Colour?</question>"
                                                           f"<answer>{answer}</answer><external-id>{external_id}</external-id></info>")

    def claim(self, code, answer, target="CONNECT", account="alice"):
        browser = Browser(self.program)
        _, _, text = browser.visit(target, account, appid=self.client.app["id"])
        status, location, text = browser.decide(text, code=code, answer=answer)
        browser.wire.close()
        return came_back(location)["target"] if location else text

    def authorised(self):
        answer = self.accepted(self.client.call("GetAuthorizedConnectRequests", 1, "<info/>"))
        return {e.findtext("external-id"): (e.findtext("person-id"), e.findtext("record-id")) for e in answer.info.iter("connect-request")}

    def test_code_and_answer_bind_a_patient_to_a_record(self):
        code = self.accepted(self.request("MRN-1")).text("identity-code")
        self.assertEqual(len(code), 20)
        self.assertNotIn("MRN-1", self.authorised())
        self.assertEqual(self.claim(code, "bLUE  sKY"), "APPAUTHSUCCESS", "without case")
        self.assertEqual(self.authorised()["MRN-1"], (self.program.person("alice"), self.program.record("alice")))
        self.assertIn("74 INVALID_IDENTITY_CODE", self.claim(code, "Blue  Sky"))
        self.refused(self.client.call("DeletePendingConnectRequest", 1, "<info><external-id>MRN-1</external-id></info>"), 84)

    def test_the_third_wrong_answer_ends_it(self):
        code = self.accepted(self.request("MRN-2")).text("identity-code")
        self.assertIn("74 INVALID_IDENTITY_CODE", self.claim("A" * 20, "x"))
        self.assertIn("73 INVALID_VERIFICATION_ANSWER", self.claim(code, "Blue Sky"), "white space counts")
        self.assertIn("73 INVALID_VERIFICATION_ANSWER", self.claim(code, "BlueSky"))
        self.assertIn("75 RETRY_LIMIT_EXCEEDED", self.claim(code, "Red"))
        self.assertIn("75 RETRY_LIMIT_EXCEEDED", self.claim(code, "Blue  Sky"))
        self.assertNotIn("MRN-2", self.authorised())

    def test_nothing_may_be_empty(self):
        for field in ("friendly-name", "question", "answer", "external-id"):
            info = ("<info><friendly-name>Clinic</friendly-name><question>q</question><answer>a</answer>"
                    "<external-id>e</external-id></info>")
            self.refused(self.client.call("CreateConnectRequest", 1, re.sub(f"<{field}>.*?</{field}>", f"<{field}> </{field}>", info)), 3)

    def test_a_request_can_be_withdrawn_and_renamed(self):
        code = self.accepted(self.request("MRN-3")).text("identity-code")
        self.refused(self.request("MRN-3"), 79)
        self.accepted(self.client.call("UpdateExternalId", 1, f"<info><identity-code>{code}</identity-code><new-external-id>MRN-4</new-external-id></info>"))
        self.accepted(self.client.call("DeletePendingConnectRequest", 1, "<info><external-id>MRN-4</external-id></info>"))
        self.assertIn("74", self.claim(code, "Blue  Sky"))
        self.refused(self.client.call("DeletePendingConnectRequest", 1, "<info><external-id>MRN-4</external-id></info>"), 74)

    def test_what_nobody_claims_ends_after_four_weeks(self):
        code = self.accepted(self.request("MRN-5")).text("identity-code")
        self.client.control("clock", {"offset_seconds": 29 * 24 * 3600})
        self.assertIn("74", self.claim(code, "Blue  Sky"))
        self.client.control("clock", {"offset_seconds": 27 * 24 * 3600})
        self.assertEqual(self.claim(code, "Blue  Sky"), "APPAUTHSUCCESS")
        self.client.control("clock", {"offset_seconds": 0})

    PACKAGE_DATA = ("<password-protected-package><encrypt-algorithm><algorithm-name>hmac-sha256-aes256</algorithm-name><parameters>"
                    "<salt>c2FsdA==</salt><iteration-count>20000</iteration-count><key-length>256</key-length></parameters>"
                    "</encrypt-algorithm></password-protected-package>")

    def package(self, code="", type_id=PACKAGE):
        return self.client.call("CreateConnectPackage", 2,
                                "<info>" + (f"<identity-code>{code}</identity-code>" if code else "")
                                + "<friendly-name>Clinic</friendly-name><question>q</question><external-id>MRN-9</external-id>"
                                  f"<package><type-id>{type_id}</type-id><data-xml>{self.PACKAGE_DATA}</data-xml></package></info>")

    def sealed(self, answer, contents, salt="salt of a test"):
        """A package as an application makes one: PBKDF2 and HMAC of Python, triple DES of openssl."""
        made = hashlib.pbkdf2_hmac("sha1", answer.lower().encode(), salt.encode(), 1000, 32)
        plain = hmac.new(salt.encode(), contents.encode(), hashlib.sha1).digest() + contents.encode()
        count = 8 - len(plain) % 8
        sealed = subprocess.run(["openssl", "enc", "-des-ede3-cbc", "-K", made[:24].hex(), "-iv", made[24:].hex(), "-nopad"],
                                input=plain + bytes(count - 1) + bytes([count]), capture_output=True, check=True).stdout
        data = ("<password-protected-package><encrypt-algorithm><algorithm-name>hmac-sha1-3des</algorithm-name><parameters>"
                f"<salt>{salt}</salt><iteration-count>1000</iteration-count><key-length>192</key-length></parameters>"
                "</encrypt-algorithm></password-protected-package><common/>")
        blob = ("<blob-payload><blob><blob-info><name/><content-type>application/octet-stream</content-type></blob-info>"
                f"<content-length>{len(sealed)}</content-length><base64data>{encode(sealed)}</base64data></blob></blob-payload>")
        return self.accepted(self.client.call(
            "CreateConnectPackage", 2, "<info><friendly-name>Clinic</friendly-name><question>Colour?</question><external-id>MRN-10"
            f"</external-id><package><type-id>{PACKAGE}</type-id><data-xml>{data}</data-xml>{blob}</package></info>")).text("identity-code")

    def test_a_package_under_an_answer_is_opened_by_it(self):
        code = self.sealed("Deep Blue", thing(weight(33.5)) + thing(weight(34.5)))
        self.assertIn("73 INVALID_VERIFICATION_ANSWER", self.claim(code, "Deep Red", "PICKUP"))
        self.assertEqual(self.of("alice").kilograms().count(33.5), 0)
        self.assertEqual(self.claim(code, "dEEP bLUE", "PICKUP"), "APPAUTHSUCCESS")
        self.assertEqual(sorted(kg for kg in self.of("alice").kilograms() if kg in (33.5, 34.5)), [33.5, 34.5])
        self.assertIn("74", self.claim(code, "Deep Blue", "PICKUP"))

    def test_the_third_wrong_answer_closes_a_package(self):
        code = self.sealed("Deep Blue", thing(weight(35.5)))
        for wanted in ("73", "73", "75", "75"):
            self.assertIn(wanted, self.claim(code, "Deep Red", "PICKUP"))
        self.assertIn("75 RETRY_LIMIT_EXCEEDED", self.claim(code, "Deep Blue", "PICKUP"))

    def test_a_package_that_holds_no_things_is_told(self):
        self.assertIn("120 INVALID_PACKAGE_CONTENTS", self.claim(self.sealed("Deep Blue", "no things"), "Deep Blue", "PICKUP"))

    def test_a_package_is_picked_up_once(self):
        code = self.accepted(self.client.call("AllocatePackageId", 1)).text("identity-code")
        self.assertIn("95 CONNECT_REQUEST_INCOMPLETE", self.claim(code, "", "PICKUP"))
        self.refused(self.package(code, WEIGHT), 120)
        self.accepted(self.package(code))
        self.refused(self.package(code), 96)
        self.assertEqual(self.claim(code, "", "PICKUP"), "APPAUTHSUCCESS")
        self.assertIn("74", self.claim(code, "", "PICKUP"))
        answer = self.accepted(self.of("alice").get(group(filter_of(f"<type-id>{PACKAGE}</type-id>"))))
        self.assertEqual(answer.texts("salt"), ["c2FsdA=="])
        unclaimed = self.accepted(self.package()).text("identity-code")
        self.accepted(self.client.call("DeletePendingConnectPackage", 1, f"<info><identity-code>{unclaimed}</identity-code></info>"))
        self.assertIn("74", self.claim(unclaimed, "", "PICKUP"))


if __name__ == "__main__":
    unittest.main()
