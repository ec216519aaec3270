"""Starts real servers on loopback, in a folder of their own, and ends each by its process.

Without rights of its own: who runs the tests as root gets servers that run as nobody.
"""
import base64
import contextlib
import ctypes
import functools
import http.server
import os
import pathlib
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

NOBODY = "nobody"
PR_SET_PDEATHSIG = 1
PATH = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin" + os.pathsep + "/sbin"


def program(name):
    """Its path; the test is skipped without it."""
    found = shutil.which(name, path=PATH)
    if found is None:
        print(f"SKIPPED: {name} is not installed; scripts/install-deps --servers installs it", file=sys.stderr)
        sys.exit(77)
    return found


def free_port():
    """One that nobody has, over TCP or UDP, below those that the kernel gives to whoever asks for any."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp, contextlib.suppress(OSError):
            address = ("127.0.0.1", random.randrange(20_000, 32_000))
            tcp.bind(address)
            udp.bind(address)
            return address[1]


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def give_away(folder):
    """Lets the server's user in."""
    if os.getuid() != 0:
        return
    user = pwd.getpwnam(NOBODY)
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, user.pw_uid, user.pw_gid)


class Server:
    """One process with its log; `ready` is asked until it says yes."""

    def __init__(self, folder, command, ready):
        give_away(folder)
        self.log_path = folder / "log"
        as_nobody = {"user": NOBODY, "group": pwd.getpwnam(NOBODY).pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, cwd=folder, preexec_fn=_die_with_parent, **as_nobody)
        self.wait_for(ready, command[0], lambda: self.log()[-2000:])

    def wait_for(self, ready, name, said):
        """Ends it where it is not ready within 30 s; `said` is then told of it."""
        end = time.monotonic() + 30
        while not ready():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"{name} did not start:\n{said()}")
            time.sleep(0.05)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def _folder(below, name):
    made = pathlib.Path(below) / name
    made.mkdir()
    return made


def _answers_dns(port, zone):
    def ready():
        asked = subprocess.run([program("dig"), "+time=1", "+tries=1", "@127.0.0.1", "-p", str(port), zone, "SOA"],
                               capture_output=True)
        return b"status: NOERROR" in asked.stdout
    return ready


@contextlib.contextmanager
def pages(folder):
    """What is in the folder, by HTTP; the port."""
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    handler = functools.partial(quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def der(certificate):
    """The bytes of a certificate in a PEM file."""
    return subprocess.check_output(["openssl", "x509", "-in", certificate, "-outform", "DER"])


def cert_record(name, der):
    """A certificate in a zone file (RFC 4398)."""
    return f"{name}. IN CERT PKIX 0 0 {base64.b64encode(der).decode()}\n"


def bind(below, zone, text):
    """BIND as the authority of one zone; its log has every query."""
    named, port, folder = program("named"), free_port(), _folder(below, "bind")
    (folder / "zone").write_text(text)
    (folder / "named.conf").write_text(f"""
options {{ directory "{folder}"; pid-file none; session-keyfile "{folder}/session.key"; managed-keys-directory "{folder}";
  listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  recursion no; allow-transfer {{ none; }}; dnssec-validation no; notify no; querylog yes; }};
controls {{ }};
zone "{zone}" {{ type primary; file "{folder}/zone"; }};
""")
    server = Server(folder, [named, "-4", "-g", "-n", "1", "-c", folder / "named.conf"], _answers_dns(port, zone))
    server.port = port
    return server


def knot(below, zone, text):
    """Knot as the authority of one zone."""
    knotd, port, folder = program("knotd"), free_port(), _folder(below, "knot")
    (folder / f"{zone}.zone").write_text(text)
    (folder / "db").mkdir()
    (folder / "knot.conf").write_text(f"""
server:
    rundir: "{folder}"
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{folder}/db"
log:
  - target: stdout
    any: info
template:
  - id: default
    storage: "{folder}"
    file: "%s.zone"
    zonefile-sync: -1
    journal-content: none
zone:
  - domain: {zone}
""")
    server = Server(folder, [knotd, "-c", folder / "knot.conf"], _answers_dns(port, zone))
    server.port = port
    return server


def slapd(below, name, suffixes, ldif, port):
    """OpenLDAP's server with several bases, open to all who read; its log has every request."""
    daemon, add, search = program("slapd"), program("slapadd"), program("ldapsearch")
    folder = _folder(below, name)
    conf = ["include /etc/ldap/schema/core.schema", "include /etc/ldap/schema/cosine.schema",
            "include /etc/ldap/schema/inetorgperson.schema", "modulepath /usr/lib/ldap", "moduleload back_mdb",
            f"pidfile {folder}/slapd.pid", "access to * by * read"]
    for number, suffix in enumerate(suffixes):
        (folder / f"db{number}").mkdir()
        conf += ["database mdb", "maxsize 16777216", f"directory {folder}/db{number}", f'suffix "{suffix}"',
                 "index objectClass,mail eq"]
    (folder / "slapd.conf").write_text("\n".join(conf) + "\n")
    for number, entries in enumerate(ldif):
        (folder / "entries.ldif").write_text(entries)
        subprocess.run([add, "-q", "-f", folder / "slapd.conf", "-n", str(number + 1), "-l", folder / "entries.ldif"],
                       check=True, capture_output=True)
    url = f"ldap://127.0.0.1:{port}"

    def ready():
        return subprocess.run([search, "-x", "-H", url, "-b", "", "-s", "base"], capture_output=True).returncode == 0

    server = Server(folder, [daemon, "-d", "stats", "-f", folder / "slapd.conf", "-h", url], ready)
    server.port, server.url = port, url
    return server
