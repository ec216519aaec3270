"""The HealthVault connector in a process of its own, and the sample platform that it speaks to."""
import base64
import json
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
for folder in ("mail", "record_platform"):
    sys.path.insert(0, str(HERE.parent / folder))
from connectors import Connectors, Refused  # noqa: E402,F401
from platform_client import CCD, CDA, FILE, WEIGHT, Client, Program, thing, thumbprint, weight  # noqa: E402,F401


class Side:
    """One platform with its control interface, and connectors to it."""

    def __init__(self, platform, tool, plugins, connector_host, *arguments):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="healthvault-connector-"))
        self.program = Program(platform, "--control", *arguments)
        self.client = Client(self.program)
        self.tool = Connectors(tool, plugins, connector_host, self.folder)
        self.ready = self.program.ready
        self.identity = self.program.application()["identity_file"]
        self.token_file = self.folder / "control.token"
        self.token_file.write_text(self.ready["control"]["token"])
        self.names = 0

    def close(self):
        self.tool.__exit__()
        self.program.stop()
        for file in self.folder.iterdir():
            file.unlink()
        self.folder.rmdir()

    def make(self, kind="record", device=None, **config):
        """A connector; `device` is the file of a device's secret, in place of key and thumbprint. None leaves a member out."""
        self.names += 1
        name = f"{kind}-{self.names}"
        proof = {"device_secret": "device"} if device else {"key": "key", "thumbprint": thumbprint(self.identity)}
        config = {"platform_url": self.ready["url"], "app_id": self.program.application()["id"], **proof, **config}
        config = {member: value for member, value in config.items() if value is not None}
        secrets = {"key": self.identity, "control": str(self.token_file), **({"device": str(device)} if device else {})}
        if kind == "record":
            config = {"shell_url": self.ready["shell_url"], "control_url": self.ready["control"]["url"],
                      "control_token": "control", **config}
        made = self.tool.ask(make=name, type=f"org.bluebridge.healthvault.{kind}", config=config,
                             secrets=secrets, ca_file=self.ready["ca_file"])
        if "error" in made:
            raise ValueError(made["error"])
        return name

    def ids(self, account, record=None):
        return self.program.person(account), self.program.record(record or account)

    def address(self, account, record=None):
        return "healthvault:{}/{}".format(*self.ids(account, record))

    def signed_in(self, account="alice", record=None, **config):
        name = self.make(**config)
        person, record_id = self.ids(account, record)
        self.call(name, "session", "open", method="signed_request", account=person, patient=record_id)
        return name

    def call(self, name, interface, function, /, timeout_ms=20000, **arguments):
        return self.tool.call(name, f"bb.{interface}/1", function, timeout_ms=timeout_ms, **arguments)

    def probe(self, name, probe, /, **arguments):
        reply = self.call(name, "probe", "run", name=probe, arguments=arguments)
        return json.loads(base64.b64decode(reply["body"]))

    def send(self, name, key, to, *attachments):
        return self.tool.send(name, key, to, attachments=attachments, scheme="healthvault")

    def body(self, reply):
        return base64.b64decode(reply["body"])

    def fault(self, method, fault, **more):
        self.client.control("faults", {"method": method, "fault": fault, **more})

    def journal(self, method=None):
        requests = self.client.control("journal", method="GET")["requests"]
        return [one for one in requests if method in (None, one["method"])]

    def things(self, record):
        """What is stored and not removed, as the platform's database has it."""
        stored = self.client.control(f"things?record={self.program.record(record)}", method="GET")["things"]
        return [one for one in stored if one["current"] and one["state"] == "Active"]
