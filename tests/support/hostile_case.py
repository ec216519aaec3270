"""A connector with OAuth against servers that answer badly: what their tests have in common."""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "mail"))
from connector_case import ConnectorCase  # noqa: E402
from connectors import Refused  # noqa: E402

TOKEN = "canary-access-token"
STATE = "state-of-this-run-1234567890"
BACK = "https://app.example/back"


def endless_body(media_type):
    """A route whose answer is a gigabyte."""
    def answer(handler):
        handler.send_response(200)
        handler.send_header("content-type", media_type)
        handler.send_header("content-length", str(2 ** 30))
        handler.end_headers()
        for _ in range(1024):
            handler.wfile.write(b" " * 2 ** 20)
    return answer


def drip(media_type):
    """A route whose answer comes byte by byte, for 20 seconds."""
    def answer(handler):
        handler.send_response(200)
        handler.send_header("content-type", media_type)
        handler.send_header("content-length", "1000")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)
    return answer


class HostileCase(ConnectorCase):
    def call(self, name, interface, function, /, timeout_ms=10_000, **arguments):
        return self.tool.call(name, f"bb.{interface}/1", function, timeout_ms=timeout_ms, **arguments)

    def refused(self, name, /, *words, says, **arguments):
        """What was refused with this sentence; within the deadline, and without the token."""
        begin = time.monotonic()
        with self.assertRaises(Refused) as caught:
            self.call(name, *words, **arguments)
        self.assertLess(time.monotonic() - begin, 30)
        self.assertIn(says, caught.exception.message)
        self.assertNotIn(TOKEN, caught.exception.message)
        return caught.exception

    def begin(self, name):
        request = {"method": "user_redirect", "redirect_uri": BACK, "state": STATE}
        reply = self.tool.ask(on=name, interface="bb.session/1", function="open", arguments=request, timeout_ms=10_000)
        self.assertEqual(reply["status"], "BB_E_PENDING", reply["message"])
        return request, reply["emitted"]["challenge"]

    def coming_back(self, request, challenge, query=f"code=c&state={STATE}"):
        return {"request": request, "resume_state": challenge["resume_state"], "response": f"{BACK}?{query}"}
