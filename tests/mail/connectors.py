"""The mail connectors, driven by connector_tool in a process of their own each."""
import base64
import json
import subprocess

DOMAIN = "direct.test"


class Refused(Exception):
    def __init__(self, reply):
        super().__init__(f"{reply['status']}: {reply['message']}")
        self.status, self.result, self.message, self.code = (reply[k] for k in ("status", "result", "message", "code"))


class Connectors:
    """One tool with a connector for each name; use as a context."""

    def __init__(self, tool, plugins, connector_host, folder):
        self.folder = folder
        self.process = subprocess.Popen([tool, plugins, connector_host], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()

    def ask(self, **what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def make(self, name, kind, config, password, ca_file):
        file = self.folder / f"{name}.password"
        file.write_text(password)
        made = self.ask(make=name, type=f"org.bluebridge.mail.{kind}", config=config, secrets={"password": str(file)},
                        ca_file=str(ca_file))
        if "error" in made:
            raise ValueError(made["error"])

    def call(self, name, interface, function, /, timeout_ms=0, **arguments):
        """Without a time the call has no deadline."""
        reply = self.ask(on=name, interface=interface, function=function, arguments=arguments, timeout_ms=timeout_ms)
        if reply["status"] != "BB_OK":
            raise Refused(reply)
        return reply

    def send(self, name, key, to, subject="", text="", attachments=(), scheme="mailto"):
        """Receipts as {recipient: receipt}."""
        given = [{"filename": file, "media_type": kind, "content_base64": base64.b64encode(content).decode()}
                 for file, kind, content in attachments]
        reply = self.call(name, "bb.transmit/1", "send", idempotency_key=key, subject_line=subject, body_text=text,
                          destinations=[{"scheme": scheme, "address": address} for address in to], attachments=given)
        return {receipt["recipient"]: receipt for receipt in reply["emitted"]["receipts"]}

    def track(self, name, message_id):
        return self.call(name, "bb.transmit/1", "track", message_id=message_id)["emitted"]["receipts"]

    def poll(self, name, address=None):
        terms = {"address": address} if address else {}
        return self.call(name, "bb.inbox/1", "poll", terms=terms)["emitted"]["items"]

    def read(self, name, item):
        reply = self.call(name, "bb.inbox/1", "read", item_id=item)
        if reply["media_type"] != "message/rfc822":
            raise AssertionError(reply["media_type"])
        return base64.b64decode(reply["body"])

    def acknowledge(self, name, item):
        self.call(name, "bb.inbox/1", "acknowledge", item_id=item, disposition="processed")

    def allocate(self, name, tag):
        return self.call(name, "bb.inbox/1", "allocate", tag=tag)["emitted"]["address"]

    def evidence(self):
        """What went over the wire as it was recorded, since this was asked last."""
        records = self.ask(evidence=True)["evidence"]
        return [{**record, **{side: base64.b64decode(record[side]) for side in ("sent", "received")}}
                for record in records]
