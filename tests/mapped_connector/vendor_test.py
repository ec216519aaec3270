#!/usr/bin/env python3
"""A vendor's API that is unlike the sample portal's, by a mapping alone: a form and a cookie, nested JSON, pages by Link,
times in milliseconds, a document that is made first, XML, and one recipient at a time.

  vendor_test.py TOOL PLUGINS CONNECTOR_HOST
"""
import base64
import http.server
import json
import pathlib
import ssl
import sys
import threading
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "mail"))
from connector_case import ConnectorCase  # noqa: E402
from connectors import Refused  # noqa: E402

PASSWORD, COOKIE = "canary-pass&word=1", "canary-cookie-8d1f"
CCDA = b'<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"/>\n'
PARTS = [{"ref": {"no": 100 + i}, "class": "FULL" if i == 0 else "ENC", "label": {"en": f"Part {i}"}, "ts": 1704067200000 + i}
         for i in range(5)]

MAPPING = {
    "time_format": "unix_milliseconds",
    "sign_in": {
        "request": {"path": "/login.do", "form": {"user": "{account}", "pw": "{password}"}},
        "cookie": "VSESSION", "patient": "$.result.person.charts[0].no", "subject": "$.result.person.name"},
    "sign_out": {"path": "/logout.do", "method": "POST"},
    "view": {
        "list": {
            "request": {"path": "/chart/{patient}/index", "query": {"n": "{limit}", "since": "{from}"},
                        "headers": {"X-Api-Version": "7"}},
            "entries": "$.result.groups[*].parts[*]", "id": "$.ref.no", "kind": "$.class", "kinds": {"FULL": "summary", "ENC": "visit"},
            "title": "$.label.en", "updated": "$.ts", "media_type": "text/html", "next_link": True},
        "read": {"request": {"path": "/chart/{patient}/part/{id}/page"}, "media_type": "text/html"}},
    "download": {"ccda-2.1": {
        "media_type": "text/xml",
        "request": {"path": "/chart/{patient}/export", "json": {"spec": {"as": ["CCDA"], "parts": "{items}"}}},
        "wait": {"job": "$.result.job", "poll": {"path": "/jobs/{job}"}, "state": "$.result.state", "running": ["NEW", "BUSY"],
                 "done": ["READY"], "failed": ["DEAD"], "result_url": "$.result.file.href"}}},
    "share": {
        "request": {"path": "/chart/{patient}/mailout", "method": "PUT",
                    "json": {"once": "{idempotency_key}", "rcpt": {"url": "{recipient}"}, "as": "{format}"}},
        "formats": {"ccda-2.1": "CCDA"}, "id": "$.result.no", "delivery": "$.result.state", "deliveries": {"Q": "accepted", "X": "failed"}},
    "activity": {
        "request": {"path": "/chart/{patient}/audit"}, "entries": "$.result", "id": "$.no", "action": "$.did", "at": "$.ts",
        "actor": "$.by.name", "actor_role": "$.by.role", "to": "$.where[*].url", "actions": {"RD": "view", "MO": "transmit"},
        "roles": {"P": "patient"}}}


class Vendor:
    """The vendor's server; `polls` counts down until a document is ready."""

    def __init__(self, certificates):
        self.seen, self.polls, self.once = [], 2, {}
        vendor = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                vendor.seen.append((self.command, self.path, dict(self.headers), body))
                status, headers, content = vendor.answer(self, urllib.parse.urlsplit(self.path), body)
                data = content if isinstance(content, bytes) else json.dumps({"ok": status < 400, "result": content}).encode()
                self.send_response(status)
                for field, value in {"content-type": "application/vnd.vendor+json", **headers}.items():
                    self.send_header(field, value)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_PUT = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.path("server.pem"), certificates.path("server.key"))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.origin = f"https://localhost:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def answer(self, request, url, body):
        if url.path == "/v/login.do":
            form = dict(urllib.parse.parse_qsl(body))
            if form != {"user": "alice", "pw": PASSWORD}:
                return 401, {}, None
            return 200, {"set-cookie": f"VSESSION={COOKIE}; Path=/; Secure; HttpOnly"}, {
                "person": {"name": "alice", "charts": [{"no": 4711}]}}
        if request.headers.get("cookie") != f"VSESSION={COOKIE}":
            return 401, {}, None
        if url.path == "/v/logout.do":
            return 204, {}, b""
        if url.path == "/v/chart/4711/index":
            query = dict(urllib.parse.parse_qsl(url.query))
            begin, count = int(query.get("at", 0)), int(query.get("n", 3))
            parts = [part for part in PARTS if part["ts"] >= int(query.get("since", 0))]
            link = {"link": f'<{self.origin}/v/>; rel="home", <{self.origin}/v/chart/4711/index?n={count}&at={begin + count}>; '
                            'title="a, b"; rel=next'} if begin + count < len(parts) else {}
            page = parts[begin:begin + count]
            return 200, link, {"groups": [{"parts": page[:1]}, {"parts": page[1:]}]}
        if url.path.startswith("/v/chart/4711/part/") and url.path.endswith("/page"):
            number = url.path.split("/")[5]
            known = any(str(part["ref"]["no"]) == number for part in PARTS)
            return (200, {"content-type": "text/html; charset=utf-8"}, f"<p>{number}</p>".encode()) if known else (404, {}, None)
        if url.path == "/v/chart/4711/export":
            return 202, {}, {"job": "j 1"}
        if url.path == "/v/jobs/j%201":
            self.polls -= 1
            return 200, {}, {"state": "READY", "file": {"href": "/v/files/1"}} if self.polls < 0 else {"state": "BUSY"}
        if url.path == "/v/files/1":
            return 200, {"content-type": "text/xml"}, CCDA
        if url.path == "/v/chart/4711/mailout":
            return 201, {}, self.once.setdefault(json.loads(body)["once"], {"no": len(self.once) + 1, "state": "Q"})
        if url.path == "/v/chart/4711/audit":
            return 200, {}, [{"no": 2, "did": "MO", "ts": 1704067202000, "by": {"name": "Alice", "role": "P"}, "where": [{"url": "https://a.example/"}]},
                             {"no": 1, "did": "??", "ts": 1704067201000, "by": {"name": "Bob", "role": "?"}, "where": []}]
        return 404, {}, None


class VendorTest(ConnectorCase):
    def setUp(self):
        self.vendor = Vendor(self.certificates)
        self.addCleanup(self.vendor.stop)
        self.tool.ask(exchanges=True)

    def make(self, **changes):
        type(self).made += 1
        self.name = f"vendor-{self.made}"
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        return self.tool.ask(make=self.name, type="org.bluebridge.rest.mapped", ca_file=str(self.certificates.path("ca.pem")),
                             secrets={"password": str(secret)},
                             config={"base_url": self.vendor.origin + "/v", **MAPPING, **changes})

    def call(self, interface, function, **arguments):
        return self.tool.call(self.name, f"bb.{interface}/1", function, timeout_ms=10_000, **arguments)

    def sign_in(self):
        self.assertEqual(self.make().get("error"), None)
        return self.call("session", "open", method="password", account="alice", secret_password="password")

    def test_signs_in_by_form_and_cookie_and_out(self):
        session = self.sign_in()["emitted"]["session"]
        self.assertEqual((session["subject"], session["patient"]), ("alice", "4711"))
        self.call("session", "close")
        self.assertEqual([one[:2] for one in self.vendor.seen], [("POST", "/v/login.do"), ("POST", "/v/logout.do")])
        # Neither password nor cookie is in what was recorded.
        recorded = json.dumps(self.tool.ask(exchanges=True))
        self.assertIn("login.do", recorded)
        for secret in (PASSWORD, urllib.parse.quote(PASSWORD), COOKIE):
            self.assertNotIn(secret, recorded)

    def test_lists_all_pages_by_link(self):
        self.sign_in()
        ids, cursor = [], ""
        for _ in range(5):
            emitted = self.call("view", "list", limit=2, cursor=cursor)["emitted"]
            ids += [(item["id"], item["kind"], item["title"]) for item in emitted["items"]]
            cursor = emitted.get("cursor", "")
            if not cursor:
                break
        self.assertEqual(ids, [(str(100 + i), "summary" if i == 0 else "visit", f"Part {i}") for i in range(5)])
        self.assertEqual({name.lower(): value for name, value in self.vendor.seen[1][2].items()}.get("x-api-version"), "7")
        summary = self.call("view", "list", kind="summary")["emitted"]["items"]
        self.assertEqual([item["id"] for item in summary], ["100"])
        page = self.call("view", "read", item_id="103")
        self.assertEqual((page["media_type"], base64.b64decode(page["body"])), ("text/html", b"<p>103</p>"))
        with self.assertRaises(Refused) as caught:
            self.call("view", "read", item_id="17")
        self.assertEqual(caught.exception.status, "BB_E_NOT_FOUND")

    def test_waits_for_a_document(self):
        self.sign_in()
        pending = 0
        while True:
            reply = self.tool.ask(on=self.name, interface="bb.download/1", function="fetch", timeout_ms=10_000,
                                  arguments={"format_id": "ccda-2.1", "item_ids": ["100", 'x"y']})
            if reply["status"] != "BB_E_PENDING":
                break
            pending += 1
        self.assertEqual((reply["status"], pending), ("BB_OK", 3), reply["message"])
        self.assertEqual((reply["media_type"], base64.b64decode(reply["body"])), ("text/xml", CCDA))
        self.assertEqual(json.loads(self.vendor.seen[1][3]), {"spec": {"as": ["CCDA"], "parts": ["100", 'x"y']}})

    def test_shares_to_one_and_tells_of_it(self):
        self.sign_in()
        one = [{"scheme": "https", "address": 'https://a.example/"in'}]
        receipts = [self.call("share", "send", idempotency_key="k1", destinations=one, format_id="ccda-2.1")["emitted"]["receipts"]
                    for _ in range(2)]
        self.assertEqual(receipts[0], receipts[1])
        self.assertEqual((receipts[0][0]["delivery"], receipts[0][0]["recipient"]), ("accepted", one[0]["address"]))
        self.assertEqual(json.loads(self.vendor.seen[-1][3]), {"once": "k1", "rcpt": {"url": one[0]["address"]}, "as": "CCDA"})
        for refused, says in (({"destinations": one + one}, "one destination at a time"), ({"destinations": one, "format_id": "pdf"}, "/share/formats"),
                              ({"destinations": [{"scheme": "direct", "address": "a@b.example"}]}, "/share/schemes")):
            with self.assertRaises(Refused) as caught:
                self.call("share", "send", idempotency_key="k2", **refused)
            self.assertEqual(caught.exception.status, "BB_E_UNSUPPORTED")
            self.assertIn(says, caught.exception.message)
        with self.assertRaises(Refused) as caught:
            self.call("share", "track", message_id="1")
        self.assertIn("the mapping has no /share/track", caught.exception.message)

    def test_tells_the_history_in_the_contracts_words(self):
        self.sign_in()
        listed = self.call("activity", "list")["emitted"]["items"]
        self.assertEqual([item["id"] for item in listed], ["2", "1"])
        events = [json.loads(base64.b64decode(self.call("activity", "read", item_id=one)["body"])) for one in ("2", "1")]
        self.assertEqual(events, [
            {"id": "2", "action": "transmit", "at": "2024-01-01T00:00:02.000Z", "actor": {"name": "Alice", "role": "patient"},
             "to": ["https://a.example/"]},
            {"id": "1", "action": "other", "at": "2024-01-01T00:00:01.000Z", "actor": {"name": "Bob"}}])
        since = self.call("activity", "list", **{"from": "2024-01-01T00:00:02Z"})["emitted"]["items"]
        self.assertEqual([item["id"] for item in since], ["2"])

    def test_a_wrong_password_signs_nobody_in(self):
        self.assertEqual(self.make().get("error"), None)
        with self.assertRaises(Refused) as caught:
            self.call("session", "open", method="password", account="eve", secret_password="password")
        self.assertEqual(caught.exception.status, "BB_E_UNAUTHENTICATED")
        with self.assertRaises(Refused) as caught:
            self.call("view", "list")
        self.assertEqual((caught.exception.status, len(self.vendor.seen)), ("BB_E_UNAUTHENTICATED", 1))

    def test_the_host_refuses_a_mapping_by_its_key(self):
        made = self.make(view={"read": {"request": {"path": "/part/{idd}"}}})
        self.assertIn("/view/read/request/path: expected a placeholder among {id}, {patient}, got {idd}", json.dumps(made))


if __name__ == "__main__":
    ConnectorCase.programs, sys.argv = sys.argv[1:4], sys.argv[:1] + sys.argv[4:]
    unittest.main()
