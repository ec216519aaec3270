"""A server on loopback that answers what a test says."""
import http.server
import ssl
import threading
import urllib.parse


class Server:
    """Answers what `routes` say: (status, headers, body) or a function of the request handler."""

    def __init__(self, certificates, name="server"):
        self.routes, self.seen = {}, []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length).decode()
                server.seen.append((self.command, self.path, dict(self.headers), body))
                route = server.routes.get(urllib.parse.urlsplit(self.path).path, (404, {}, ""))
                if callable(route):
                    return route(self)
                status, headers, text = route
                self.answer(status, headers, text)

            do_POST = do_DELETE = do_GET

            def answer(self, status, headers, text):
                data = text if isinstance(text, bytes) else text.encode()
                self.send_response(status)
                for field, value in {"content-length": str(len(data)), **headers}.items():
                    self.send_header(field, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # the connector hangs up on what it does not want

        self.server = Quiet(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.path(f"{name}.pem"), certificates.path(f"{name}.key"))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.origin = f"https://localhost:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
