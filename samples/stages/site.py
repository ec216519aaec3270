#!/usr/bin/python3
"""A site that is no portal, for the stages `site.*`: public pages, and downloads that the sample portal does not have.

    site.py IDENTITY EXAMPLES

IDENTITY is a PEM file with certificate and key for localhost, EXAMPLES the folder conformance/documents, whose good
examples are handed out. Says one line of JSON when it is ready.
"""
import http.server
import io
import json
import pathlib
import ssl
import sys
import urllib.parse
import zipfile

FRONT = """<!DOCTYPE html><html lang="en"><head><title>General Hospital</title></head><body><main><h1>Your record</h1>
<p>With Blue Button® you look at your health record, save it, or send it where you choose.</p>
<p><a href="/sign-in"><img src="/blue-button.png" alt="Blue Button®: get your record"></a></p>
<p>Participation by General Hospital does not imply endorsement by HHS or the U.S. government.</p></main></body></html>"""
NOTICE = """<!DOCTYPE html><html lang="en"><head><title>Privacy</title></head><body><main><h1>Privacy</h1>
<p>How we use your data, whom we share them with, and how we protect them.</p></main></body></html>"""
SESSION = {"access_token": "of-the-sample-site", "token_type": "Bearer", "expires_in": 900, "subject": "alice",
           "patient": "alice", "scopes": ""}


def package(folder):
    """The good example of an XDM package."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            archive.writestr(str(file.relative_to(folder)), file.read_bytes())
    return stream.getvalue()


def main(identity, examples):
    examples = pathlib.Path(examples)
    downloads = {"xdm": ("application/zip", package(examples / "package" / "examples" / "visit")),
                 "blue-button-text": ("text/plain", (examples / "text" / "examples" / "cms-2.0.txt").read_bytes())}

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            url = urllib.parse.urlsplit(self.path)
            wanted = urllib.parse.parse_qs(url.query).get("format", [""])[0]
            if url.path == "/api/session":
                return "application/json", json.dumps(SESSION).encode()
            if wanted in downloads:
                return downloads[wanted]
            return "text/html; charset=utf-8", (NOTICE if url.path == "/privacy" else FRONT).encode()

        def reply(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            media_type, content = self.answer()
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = reply

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(json.dumps({"ready": True, "url": f"https://localhost:{server.server_address[1]}"}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
