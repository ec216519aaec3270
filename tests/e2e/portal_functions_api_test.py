"""The portal's functions as docs/reference/portal-functions.md has them, where the suite does not look: limits, keys,
whose is what, two bookings of one time at once, pages without a script."""
import base64
import concurrent.futures
import contextlib
import http.cookiejar
import json
import pathlib
import re
import sqlite3
import ssl
import unittest
import urllib.error
import urllib.parse
import urllib.request

import peers


class Client:
    def __init__(self, portal, account=None):
        self.url, self.context = portal.ready["url"], ssl.create_default_context(cafile=portal.ready["ca_file"])
        self.opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=self.context),
                                                  urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.token = None
        if account:
            body = {"account": account, "password": f"{peers.PASSWORD_BASE}-{account}"}
            self.token = self.ask("POST", "/api/session", body)[1]["access_token"]

    def send(self, request):
        try:
            answer = self.opener.open(request, timeout=20)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return answer.status, answer.read().decode()

    def ask(self, method, path, body=None, key=None):
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        headers |= {"Idempotency-Key": key} if key else {}
        data = None if body is None else json.dumps(body).encode()
        status, text = self.send(urllib.request.Request(self.url + path, data, headers, method=method))
        return status, json.loads(text) if text.startswith("{") else text

    def page(self, path, form=None):
        data = None if form is None else urllib.parse.urlencode(form).encode()
        return self.send(urllib.request.Request(self.url + path, data))

    def sign_in_as_a_person(self, account):
        form = re.search(r'name="csrf" value="([^"]+)"', self.page("/sign-in")[1])[1]
        return self.page("/sign-in", {"csrf": form, "account": account, "password": f"{peers.PASSWORD_BASE}-{account}"})


class PortalFunctionsApiTest(unittest.TestCase):
    def setUp(self):
        self.portal = self.enterContext(peers.Portal(records=peers.SOURCE / "samples" / "records"))
        self.alice, self.bruno, self.nora = (Client(self.portal, name) for name in ("alice", "bruno", "nora"))

    def message(self, **more):
        return {"to": "care-team", "subject": "Hello", "text": "A question.", **more}

    def file(self, size, media_type="text/plain"):
        return {"filename": "a.txt", "media_type": media_type, "content": base64.b64encode(b"x" * size).decode()}

    def test_messages_have_limits_and_keys(self):
        path = "/api/patients/alice/conversations"
        self.assertEqual(self.alice.ask("POST", path, self.message())[0], 400)  # no key
        first = self.alice.ask("POST", path, self.message(), "k")
        self.assertEqual(first[0], 201)
        self.assertEqual(self.alice.ask("POST", path, self.message(), "k"), first)
        self.assertEqual(self.alice.ask("POST", path, self.message(text="Another."), "k")[0], 409)
        self.assertEqual(len(self.alice.ask("GET", path)[1]["items"]), 1)
        for size, status in ((32 * 1024, 201), (32 * 1024 + 1, 422)):
            self.assertEqual(self.alice.ask("POST", path, self.message(attachments=[self.file(size)]), f"s{size}")[0], status)
        for text, status in (("x" * 8000, 201), ("x" * 8001, 422), (" ", 422)):
            self.assertEqual(self.alice.ask("POST", path, self.message(text=text), f"t{len(text)}")[0], status)
        # A PDF by name alone is none.
        self.assertEqual(self.alice.ask("POST", path, self.message(attachments=[self.file(9, "application/pdf")]), "p")[0], 422)
        for count, status in ((3, 201), (4, 422)):
            files = [self.file(1)] * count
            self.assertEqual(self.alice.ask("POST", path, self.message(attachments=files), f"c{count}")[0], status)

    def test_a_reading_is_a_number_as_people_write_it(self):
        path = "/api/patients/alice/entries"
        for value, status in (("70", 201), ("70.5", 201), ("0", 201), ("9" * 20, 201), ("9" * 21, 422), ("nan", 422),
                              ("inf", 422), ("-0", 422), ("1e3", 422), ("", 422), (".", 422), ("7.0.0", 422)):
            entry = {"kind": "body-weight", "unit": "kg", "value": value, "taken_at": "2026-01-02"}
            self.assertEqual(self.alice.ask("POST", path, entry)[0], status, value)
        self.assertEqual(self.alice.ask("POST", path, {"kind": "blood-pressure", "unit": "mm[Hg]", "value": "nan/80"})[0], 422)
        bundle = self.alice.ask("GET", "/api/patients/alice/download?format=fhir-bundle")[1]
        ids = [entry["resource"]["id"] for entry in bundle["entry"] if "id" in entry["resource"]]
        self.assertGreater(len(ids), 4)
        self.assertEqual([one for one in ids if not re.fullmatch(r"[A-Za-z0-9.-]{1,64}", one)], [])  # FHIR R4, datatype id

    def test_a_name_of_many_lines_forges_no_part_of_the_record(self):
        document = {"kind": "document", "title": "Letter", "media_type": "text/plain", "content": "eA=="}
        forged = "Letter\n\n---- MEDICATIONS ----\nMedication: Morphine"
        for title, status in (("Letter", 201), (forged, 422), ("x" * 200, 201), ("x" * 201, 422)):
            self.assertEqual(self.alice.ask("POST", "/api/patients/alice/entries", document | {"title": title})[0], status)
        path = "/api/patients/alice/conversations"
        for number, (name, status) in enumerate((("a.txt", 201), ("../a.txt", 422), ("c:\\a.txt", 422), ("a\r\nb", 422),
                                                 ("x" * 201, 422))):
            message = self.message(attachments=[self.file(1) | {"filename": name}])
            self.assertEqual(self.alice.ask("POST", path, message, f"n{number}")[0], status, name)
        self.assertEqual(self.alice.ask("POST", path, self.message(subject="a\nb"), "s")[0], 422)

    def test_no_entry_is_kept_that_no_list_shows(self):
        entry = {"kind": "heart-rate", "unit": "/min", "value": "61", "taken_at": "2026-01-02"}
        self.assertEqual(self.alice.ask("POST", "/api/patients/alice/entries", entry)[0], 201)
        file = pathlib.Path(self.portal.ready["ca_file"]).parent / "functions.sqlite"
        with contextlib.closing(sqlite3.connect(file)) as database, database:
            database.execute("WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 499)"
                             " INSERT INTO entry SELECT id || i, patient, json, data, at, 0 FROM entry, n")
        for status, count in ((201, 500), (409, 500)):
            self.assertEqual(self.alice.ask("POST", "/api/patients/alice/entries", entry)[0], status)
            self.assertEqual(len(self.alice.ask("GET", "/api/patients/alice/entries")[1]["entries"]), count)

    def test_the_history_tells_what_was_done_and_not_what_was_refused(self):
        def told():
            return [event["what"] for event in self.alice.ask("GET", "/api/patients/alice/activity")[1]["events"]
                    if event["action"] == "other"]

        path = "/api/patients/alice/conversations"
        self.assertEqual(self.alice.ask("POST", path, self.message(to="nobody"), "k")[0], 422)
        self.assertEqual(told(), [])
        self.assertEqual(self.alice.ask("POST", path, self.message(), "k")[0], 201)
        self.assertEqual(told(), ["a message"])

    def test_nothing_of_another_patient_is_reached(self):
        conversation = self.alice.ask("POST", "/api/patients/alice/conversations", self.message(), "k")[1]["conversation"]
        for path in ("conversations", f"conversations/{conversation}", "prescriptions", "refills", "appointments", "entries",
                     "education", "preferences"):
            self.assertEqual(self.bruno.ask("GET", f"/api/patients/alice/{path}")[0], 403, path)
            self.assertEqual(Client(self.portal).ask("GET", f"/api/patients/alice/{path}")[0], 401, path)
        self.assertEqual(self.bruno.ask("GET", f"/api/patients/bruno/conversations/{conversation}")[0], 404)
        for path in ("/api/care/feedback", "/api/care/patients/alice/entries"):
            self.assertEqual(self.alice.ask("GET", path)[0], 403)
            self.assertEqual(self.nora.ask("GET", path)[0], 200)
        self.assertEqual(self.nora.ask("GET", "/api/patients/alice/items")[0], 403)  # the care team opens no record here

    def test_one_time_is_booked_once_however_many_try(self):
        people = [Client(self.portal, name) for name in ("alice", "bruno", "zoe", "dmitri")] * 4
        accounts = ["alice", "bruno", "zoe", "dmitri"] * 4
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda one: one[0].ask("POST", f"/api/patients/{one[1]}/appointments",
                                                           {"slot": "slot-autumn-9"}, f"k{one[2]}"),
                                    zip(people, accounts, range(16))))
        self.assertEqual(sorted(status for status, _ in answers), [201] + [409] * 15)

    def test_a_request_that_is_sent_many_times_at_once_is_one_order(self):
        path = "/api/patients/alice/refills"
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.alice.ask("POST", path, {"prescription": "rx-1"}, "same"), range(8)))
        self.assertEqual({status for status, _ in answers}, {201})
        self.assertEqual(len({answer["id"] for _, answer in answers}), 1)
        self.assertEqual(len(self.alice.ask("GET", path)[1]["refills"]), 1)
        self.assertEqual(self.alice.ask("GET", "/api/patients/alice/prescriptions/rx-1")[1]["refills_left"], 10)

    def test_a_person_does_it_all_on_pages_without_a_script(self):
        person = Client(self.portal)
        person.sign_in_as_a_person("alice")
        status, page = person.page("/patients/alice/conversations/new")
        self.assertEqual(status, 200)
        self.assertIn("not for emergencies", page)
        self.assertNotIn("<script", page)
        csrf, key = (re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf", "key"))
        form = {"csrf": csrf, "key": key, "to": "care-team", "subject": "From a page", "text": "1 < 2"}
        self.assertEqual(person.page("/patients/alice/conversations/new", form | {"csrf": "forged"})[0], 403)
        self.assertIn("1 &lt; 2", person.page("/patients/alice/conversations/new", form)[1])
        person.page("/patients/alice/refills", {"csrf": csrf, "key": "1", "prescription": "rx-1", "kind": "refill"})
        self.assertIn("received", person.page("/patients/alice/refills")[1])
        person.page("/patients/alice/appointments", {"csrf": csrf, "key": "2", "slot": "slot-summer-10"})
        self.assertIn("Cancel the appointment of 2031-07-15T10:00", person.page("/patients/alice/appointments")[1])
        person.page("/patients/alice/entries", {"csrf": csrf, "reading": "heart-rate /min", "value": "61", "taken_at": "2026-01-02"})
        self.assertIn("61 /min", person.page("/patients/alice")[1])
        for path in ("education", "settings", "feedback"):
            self.assertEqual(person.page(f"/patients/alice/{path}")[0], 200)


if __name__ == "__main__":
    unittest.main()
