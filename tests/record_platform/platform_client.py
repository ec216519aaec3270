"""A client of the record platform that shares nothing with our toolkit: requests are
written by hand, hashes and codes are Python's, signatures those of the openssl command.
"""
import base64
import datetime
import hashlib
import hmac
import http.client
import itertools
import json
import pathlib
import re
import ssl
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
import programs  # noqa: E402

WEIGHT = "3d34d87e-7fc1-4153-800f-f56592cb0d17"
HEIGHT = "40750a6a-89b2-455c-bd8d-b420a4cb500b"
CCD = "9c48a2b8-952c-4f5a-935d-f3292326bf54"
CDA = "1ed1cba6-9530-44a3-b7b5-e8219690ebcf"
CCR = "1e1ccbfc-a55d-4d91-8940-fa2fbf73c195"
FILE = "bd0403c5-4ae2-4b0e-a8db-1888678e4528"
PACKAGE = "c9287326-bb43-4194-858c-8b60768f000f"
ANSWERS = "urn:com.microsoft.wc.methods.response."


class Program(programs.Program):
    """The platform as a process. `ready` is the line that it prints; `more` is for the process."""

    def __init__(self, program, *arguments, **more):
        super().__init__(program, "--exit-with-parent", *arguments, **more)

    def application(self, name="sample"):
        return next(a for a in self.ready["applications"] if a["name"] == name)

    def person(self, account):
        return next(p["id"] for p in self.ready["people"] if p["account"] == account)

    def record(self, name):
        return next(r["id"] for r in self.ready["records"] if r["name"] == name)


class Answer:
    def __init__(self, status, body):
        self.status, self.body = status, body
        self.root = ElementTree.fromstring(body)
        self.code = int(self.root.findtext("status/code", "-1"))
        self.message = self.root.findtext("status/error/message")
        self.info = next((child for child in self.root if child.tag.endswith("info")), None)

    def texts(self, name):
        return [] if self.info is None else [e.text for e in self.info.iter(name)]

    def text(self, name):
        return next(iter(self.texts(name)), None)

    def keys(self):
        """Ids with version stamps, in order."""
        return [(e.text, e.get("version-stamp")) for e in self.info.iter("thing-id")]


calls = itertools.count()


def utc(offset_seconds=0):
    """A time in whole seconds; the fraction tells calls apart that are made within one."""
    time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=offset_seconds)
    return time.strftime("%Y-%m-%dT%H:%M:%S") + f".{next(calls) % 1000:03}Z"


def encode(data):
    return base64.b64encode(data).decode()


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, check=True).stdout


def thumbprint(file):
    """SHA-1 of the certificate in a PEM file, as openssl prints it: in hex with colons."""
    return openssl("x509", "-in", file, "-noout", "-fingerprint", "-sha1").decode().strip().split("=")[1]


class Wire:
    """One HTTPS connection to the platform, made again where it ended."""

    def __init__(self, ready):
        self.url = urllib.parse.urlsplit(ready["url"])
        self.context = ssl.create_default_context(cafile=ready["ca_file"])
        self.connection = None

    def send(self, method, path, body=None, headers=None, timeout=30):
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPSConnection(self.url.netloc, context=self.context, timeout=timeout)
            try:
                self.connection.request(method, path, body, headers or {})
                answer = self.connection.getresponse()
                return answer.status, answer.headers, answer.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
                self.close()
                if attempt == 2:
                    raise

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def header_of(method, version, *, record=None, token=None, person=None, user_token=None, app=None, time=None, ttl=1800, info):
    session = app and f"<app-id>{app}</app-id>"
    if token is not None:
        inside = f"<auth-token>{token}</auth-token>"
        if person:
            inside += f"<offline-person-info><offline-person-id>{person}</offline-person-id></offline-person-info>"
        if user_token:
            inside += f"<user-auth-token>{user_token}</user-auth-token>"
        session = f"<auth-session>{inside}</auth-session>"
    digest = encode(hashlib.sha256(info.encode()).digest())
    return (f"<header><method>{method}</method><method-version>{version}</method-version>"
            + (f"<record-id>{record}</record-id>" if record else "")
            + f"{session or ''}<culture-code>en-US</culture-code><msg-time>{time or utc()}</msg-time><msg-ttl>{ttl}</msg-ttl>"
              f"<version>by-hand/1.0</version><info-hash><hash-data algName=\"SHA256\">{digest}</hash-data></info-hash></header>")


def envelope(header, info, auth=""):
    return f'<wc-request:request xmlns:wc-request="urn:com.microsoft.wc.request">{auth}{header}{info}</wc-request:request>'


class Client:
    """One application, with one session at a time."""

    def __init__(self, program, application="sample", identity=None):
        self.wire = Wire(program.ready)
        self.app = program.application(application)
        self.identity = pathlib.Path(identity or self.app["identity_file"])
        self.double_token = program.ready.get("control", {}).get("token")
        self.token = self.secret = None

    def post(self, body, headers=None, timeout=30):
        if isinstance(body, str):
            body = body.encode()
        status, _, text = self.wire.send("POST", self.wire.url.path, body, {"Content-Type": "text/xml", **(headers or {})}, timeout)
        return Answer(status, text)

    def anonymous(self, method, version, info, **header):
        return self.post(envelope(header_of(method, version, app=header.pop("app", self.app["id"]), info=info, **header), info))

    def thumbprint(self):
        return thumbprint(self.identity).replace(":", "")

    def session_info(self, signing_time=None, thumbprint=None, tamper=None, proposed=None):
        hmac = f'<hmac algName="HMACSHA256">{encode(proposed)}</hmac>' if proposed else "<hmac>HMACSHA256</hmac>"
        content = (f"<content><app-id>{self.app['id']}</app-id>{hmac}"
                   f"<signing-time>{signing_time or utc()}</signing-time></content>")
        signature = encode(openssl("dgst", "-sha1", "-sign", self.identity, data=content.encode()))
        if tamper:
            content = tamper(content)
        return (f"<info><auth-info><app-id>{self.app['id']}</app-id><credential><appserver2>"
                f'<sig digestMethod="SHA1" sigMethod="RSA-SHA1" thumbprint="{thumbprint or self.thumbprint()}">{signature}</sig>'
                f"{content}</appserver2></credential></auth-info></info>")

    def create_session(self, **how):
        answer = self.anonymous("CreateAuthenticatedSessionToken", 2, self.session_info(**how))
        if answer.code == 0:
            self.token, self.secret = answer.text("token"), base64.b64decode(answer.text("shared-secret"))
        return answer

    def signed(self, method, version, info, *, alter=None, alter_info=None, **header):
        """The body of a signed request; `alter` changes the header behind its code, `alter_info` the info behind its hash."""
        if self.token is None:
            answer = self.create_session()
            assert answer.code == 0, (answer.code, answer.message)
        text = header_of(method, version, token=header.pop("token", self.token), info=info, **header)
        code = encode(hmac.new(self.secret, text.encode(), hashlib.sha256).digest())
        auth = f'<auth><hmac-data algName="HMACSHA256">{code}</hmac-data></auth>'
        return envelope(alter(text) if alter else text, alter_info(info) if alter_info else info, auth)

    def call(self, method, version, info="<info/>", **header):
        return self.post(self.signed(method, version, info, **header))

    def control(self, what, wanted=None, method="POST"):
        """What the control interface answers, as JSON."""
        status, _, text = self.wire.send(method, f"/double/{what}", None if wanted is None else json.dumps(wanted),
                                         {"Authorization": f"Bearer {self.double_token}"})
        if status >= 300:
            raise RuntimeError(f"/double/{what}: {status} {text.decode()}")
        return json.loads(text) if text else None


def weight(kg, date=(2014, 1, 31), client_id=None, note=None, source=None):
    year, month, day = date
    common = "".join(f"<{name}>{value}</{name}>" for name, value in
                     (("source", source), ("note", note), ("client-thing-id", client_id)) if value)
    return (f"<weight><when><date><y>{year}</y><m>{month}</m><d>{day}</d></date></when><value><kg>{kg}</kg></value></weight>"
            + (f"<common>{common}</common>" if common else ""))


def thing(data, type_id=WEIGHT, key=None, more="", flags=None):
    name = ""
    if key:
        stamp = f' version-stamp="{key[1]}"' if key[1] else ""
        name = f"<thing-id{stamp}>{key[0]}</thing-id>"
    flag = f"<flags>{flags}</flags>" if flags is not None else ""
    return f"<thing>{name}<type-id>{type_id}</type-id>{flag}<data-xml>{data}</data-xml>{more}</thing>"


def group(inside="", sections=("core",), xml=True, attributes="", more="", behind=""):
    wanted = "".join(f"<section>{s}</section>" for s in sections) + ("<xml/>" if xml else "")
    return f"<group{attributes}>{inside}<format>{wanted}{more}</format>{behind}</group>"


def filter_of(*conditions):
    return "<filter>" + "".join(conditions) + "</filter>"


class Person:
    """What one person's application does with one record, offline unless there is a user token."""

    def __init__(self, client, person, record, user_token=None):
        self.client = client
        self.header = {"record": record, **({"user_token": user_token} if user_token else {"person": person})}

    def call(self, method, version, info="<info/>", **header):
        return self.client.call(method, version, info, **{**self.header, **header})

    def put(self, *things, method="PutThings", version=2, **header):
        return self.call(method, version, "<info>" + "".join(things) + "</info>", **header)

    def get(self, *groups, **header):
        return self.call("GetThings", 3, "<info>" + "".join(groups or (group(),)) + "</info>", **header)

    def remove(self, *keys):
        inside = "".join(f'<thing-id version-stamp="{stamp}">{id_}</thing-id>' for id_, stamp in keys)
        return self.call("RemoveThings", 1, f"<info>{inside}</info>")

    def kilograms(self, *groups):
        """Of the weights of an answer, in order."""
        answer = self.get(*groups)
        assert answer.code == 0, (answer.code, answer.message)
        return [float(kg) for kg in answer.texts("kg")]


def without_declaration(text):
    return re.sub(r"^\ufeff?<\?xml.*?\?>", "", text, flags=re.S)
