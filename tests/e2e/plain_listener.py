"""A listener in the clear before the sample portal, for programs of others that know no other.

The portal speaks TLS alone. This one, of a test, passes on what comes to http://localhost:PORT, and names itself in the
answers where the portal names itself. People's pages are no business of it: a browser goes to the portal.
"""
import contextlib
import http.client
import http.server
import ssl
import threading
import urllib.parse


@contextlib.contextmanager
def in_the_clear(portal, port):
    """Serves `portal` at http://localhost:`port`; None where that port is taken."""
    there = urllib.parse.urlsplit(portal.ready["url"])
    here = f"http://localhost:{port}"
    context = ssl.create_default_context(cafile=portal.ready["ca_file"])

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            connection = http.client.HTTPSConnection(there.hostname, there.port, context=context, timeout=20)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection", "accept-encoding")}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            text = answer.read().replace(portal.ready["url"].encode(), here.encode())
            self.send_response(answer.status)
            for name in ("content-type", "location", "www-authenticate", "allow"):
                if value := answer.getheader(name):
                    self.send_header(name, value.replace(portal.ready["url"], here))
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
            connection.close()

        do_POST = do_GET

        def log_message(self, *_):
            pass

    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except OSError:
        yield None
        return
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
