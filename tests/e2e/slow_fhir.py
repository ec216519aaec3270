"""A FHIR server that answers after a while and counts: how many requests came, when, and how many were open at once.

    slow_fhir.py DELAY_MS

Prints its port. GET /fhir/TYPE is a searchset, GET /fhir/TYPE/ID a resource; GET /-/counts says what was counted since
it was asked last (/-/peek the same, and counts on), GET /-/throttle/COUNT/SECONDS lets that many requests be answered
429 with Retry-After, at once, and GET /-/tokens/COUNT asks for access tokens, of which /token gives new ones, each good
for so many requests.
"""
import asyncio
import json
import pathlib
import subprocess
import sys
import time
import urllib.request


class Counts:
    def __init__(self):
        self.throttled, self.retry_after = 0, 0
        self.good_for, self.left, self.tokens = 0, 0, 0
        self.open = 0
        self.clear()

    def clear(self):
        self.open_max, self.arrivals, self.refused = 0, [], []


def outcome(code):
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code}]}


def content(path):
    """(status, body) of a GET."""
    kind, _, name = path.removeprefix("/fhir/").partition("?")[0].partition("/")
    if not path.startswith("/fhir/") or not kind.isalpha():
        return 404, outcome("not-found")
    if name:
        return 200, {"resourceType": kind, "id": name, "status": "final", "subject": {"reference": "Patient/alice"}}
    return 200, {"resourceType": "Bundle", "type": "searchset", "total": 1,
                 "link": [{"relation": "self", "url": f"http://{kind}.example/"}],
                 "entry": [{"fullUrl": f"http://fhir.example/{kind}/1", "search": {"mode": "match"},
                            "resource": {"resourceType": kind, "id": "1"}}]}


class Server(asyncio.Protocol):
    def __init__(self, delay, counts):
        self.delay, self.counts, self.buffer = delay, counts, b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, rest = self.buffer.partition(b"\r\n\r\n")
            line, *lines = head.decode().split("\r\n")
            fields = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)}
            size = int(fields.get("content-length", 0))
            if len(rest) < size:
                return
            self.buffer = rest[size:]
            self.take(line.split(" ")[1], fields)

    def take(self, path, fields):
        if path == "/token":
            return self.give_token()
        if path.startswith("/-/"):
            return self.answer(200, self.control(path.split("/")[2:]))
        counts = self.counts
        if counts.good_for and not self.uses_token(fields):
            return self.answer(401, outcome("login"))
        counts.arrivals.append(time.monotonic())
        if counts.throttled > 0:
            counts.throttled -= 1
            counts.refused.append(counts.arrivals[-1])
            return self.answer(429, outcome("throttled"), f"Retry-After: {counts.retry_after}\r\n")
        counts.open += 1
        counts.open_max = max(counts.open_max, counts.open)
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.finish, path)
        else:
            self.finish(path)

    def give_token(self):
        """After the while that other answers take: calls have to wait for it."""
        self.counts.tokens += 1
        self.counts.left = self.counts.good_for
        token = {"access_token": f"canary-token-{self.counts.tokens}", "token_type": "bearer", "expires_in": 3600}
        asyncio.get_running_loop().call_later(self.delay, self.answer, 200, token)

    def uses_token(self, fields):
        if fields.get("authorization") != f"Bearer canary-token-{self.counts.tokens}" or self.counts.left == 0:
            return False
        self.counts.left -= 1
        return True

    def finish(self, path):
        self.counts.open -= 1
        self.answer(*content(path))

    def control(self, words):
        counts = self.counts
        if words[0] == "throttle":
            counts.throttled, counts.retry_after = int(words[1]), words[2]
            return {}
        if words[0] == "tokens":
            counts.good_for = int(words[1])
            return {}
        told = {name: getattr(counts, name) for name in ("tokens", "open_max", "arrivals", "refused")}
        if words[0] == "counts":
            counts.clear()
        return told

    def answer(self, status, body, fields=""):
        text = json.dumps(body).encode()
        head = (f"HTTP/1.1 {status} {'OK' if status == 200 else 'No'}\r\nContent-Type: application/fhir+json\r\n"
                f"Content-Length: {len(text)}\r\n{fields}\r\n")
        self.transport.write(head.encode() + text)


class SlowFhir:
    """The server as a process of its own, so that who asks it does not slow it."""

    def __init__(self, delay_ms):
        self.process = subprocess.Popen([sys.executable, __file__, str(delay_ms)], stdout=subprocess.PIPE, text=True)
        self.origin = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        self.base = self.origin + "/fhir"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, path):
        with urllib.request.urlopen(f"{self.origin}/-/{path}") as answer:
            return json.load(answer)

    def counts(self):
        return self.ask("counts")

    def throttle(self, count, seconds):
        self.ask(f"throttle/{count}/{seconds}")

    def want_tokens(self, count):
        self.ask(f"tokens/{count}")


# The suites that load it.

TYPES = ["AllergyIntolerance", "CarePlan", "CareTeam", "Condition", "Coverage", "Device", "DiagnosticReport",
         "DocumentReference", "Encounter", "Goal", "Immunization", "MedicationDispense", "MedicationRequest",
         "Observation", "Procedure", "Provenance"]


def step(name, kind, number):
    """A search or, for others than the first of a test, a read, with claims as suites of servers have them."""
    what = {"json": "$.id", "is": f"{name}-{number}"} if number else {"json": "$.entry[*].search.mode", "in": ["match"]}
    claims = [{"status": 200}, {"json": "$.resourceType", "is": kind if number else "Bundle"}, what]
    path = {"path": f"{kind}/{name}-{number}"} if number else {"path": kind, "query": {"patient": "alice"}}
    return {"do": "server.probe", "id": f"ask_{number}", "with": {"name": "fhir-request", **path}, "expect": claims}


def view(name, kind, number):
    return {"do": "server.view", "id": f"view_{number}", "with": {"item": f"{kind}/{name}-{number}"},
            "expect": [{"json": "$.id", "is": f"{name}-{number}"}]}


def suite(branches, tests, steps, step=step, method="none"):
    """A suite of so many independent branches behind one sign-in, each a chain of tests."""
    every = {"sign_in": {"title": "Signed in", "verifies": "R-1",
                         "steps": [{"do": "server.sign_in", "as": "$patient", "with": {"method": method},
                                    "expect": [{"result": "ok"}]}]}}
    for branch in range(branches):
        for number in range(tests):
            name = f"b{branch}_t{number}"
            asked = [step(name.replace("_", "-"), TYPES[branch % len(TYPES)], one) for one in range(steps)]
            every[name] = {"title": f"Branch {branch}, test {number}", "verifies": "R-1",
                           "needs": f"b{branch}_t{number - 1}" if number else "sign_in",
                           "steps": asked, "catches": [{"in": asked[0]["id"], "drop": "body"}]}
    return {"format": "bluebridge-suite/1", "suite": "load", "version": "1.0.0", "title": "Load",
            "requirements": {"R-1": {"level": "SHALL", "text": "The server must answer."}},
            "inputs": {"patient": {"type": "person", "title": "Patient", "default": "alice"}},
            "roles": {"server": {"needs": ["session", "view", "probe"], "title": "The server"}}, "tests": every}


def write(folder, base, limits, *shape, **kinds):
    """(suite file, target file); `limits` are further keys of the role."""
    folder = pathlib.Path(folder)
    (folder / "load.yaml").write_text(json.dumps(suite(*shape, **kinds), indent=1))
    (folder / "target.yaml").write_text(json.dumps({
        "format": "bluebridge-target/1", "target": "slow", "roles": {"server": {
            "connector": "org.bluebridge.rest.fhir",
            "config": {"base_url": base, "patient": "alice", "client_id": "load",
                       "authentication": "client_secret_basic", "token_endpoint": base.replace("/fhir", "/token")},
            "secrets": {"client_secret": {"env": "BB_LOAD_SECRET"}}, "allow_cleartext": True, **limits}},
        "patients": {"alice": {}}}))
    return folder / "load.yaml", folder / "target.yaml"


async def main(delay_ms):
    counts = Counts()
    server = await asyncio.get_running_loop().create_server(lambda: Server(delay_ms / 1000, counts), "127.0.0.1", 0,
                                                            backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
