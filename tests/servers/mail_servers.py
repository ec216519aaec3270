"""Postfix and Dovecot on loopback, which hand mail to each other: a mail house of one domain.

Who is in `people` has a mailbox. Who is in `ghosts` is known to Postfix alone, so that mail to them comes
back later; mail to everybody else is refused at once. Postfix needs root.
"""
import contextlib
import os
import pathlib
import socket
import subprocess
import sys

import servers

DOMAIN = "direct.test"
POSTFIX_PROGRAMS = "/usr/lib/postfix/sbin"
DOVECOT_PROGRAMS = "/usr/lib/dovecot"


def skip(reason):
    print(f"SKIPPED: {reason}", file=sys.stderr)
    sys.exit(77)


class Certificates:
    """An authority and the server that it knows, made by the openssl command; and a stranger."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        for name in ("ca", "stranger"):
            self._openssl("req", "-x509", "-days", "2", *self._key(name), "-out", self.path(name + ".pem"))
        self._openssl("req", *self._key("server"), "-out", self.path("server.csr"))
        (folder / "server.ext").write_text(f"subjectAltName=DNS:localhost,DNS:mail.{DOMAIN},IP:127.0.0.1\n")
        self._openssl("x509", "-req", "-days", "2", "-in", self.path("server.csr"), "-CA", self.path("ca.pem"),
                      "-CAkey", self.path("ca.key"), "-CAcreateserial", "-extfile", self.path("server.ext"),
                      "-out", self.path("server.pem"))
        for path in folder.iterdir():
            path.chmod(0o644)  # of a key too: it serves for minutes, and servers run as others

    def path(self, name):
        return self.folder / name

    def _key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.path(name + ".key"),
                "-subj", f"/CN={name}"]

    @staticmethod
    def _openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True)


def _greets(port, word):
    def ready():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 2) as peer:
            return peer.recv(100).startswith(word)
        return False
    return ready


def dovecot(below, certificates, people):
    """IMAP and POP3 (STARTTLS, and TLS from the first byte), LMTP, and SASL for Postfix. `people`: name -> password."""
    program = servers.program("dovecot")
    for name in ("imap", "pop3", "lmtp"):
        if not pathlib.Path(DOVECOT_PROGRAMS, name).exists():
            skip(f"dovecot's {name} is not installed; scripts/install-deps --servers installs it")
    folder = below / "dovecot"
    folder.mkdir()
    ports = {name: servers.free_port() for name in ("imap", "imaps", "pop3", "pop3s", "lmtp", "sasl")}
    user = servers.NOBODY if os.getuid() == 0 else subprocess.check_output(["id", "-un"], text=True).strip()
    group = subprocess.check_output(["id", "-gn", user], text=True).strip()
    (folder / "passwd").write_text("".join(f"{name}@{DOMAIN}:{{PLAIN}}{word}::::::\n" for name, word in people.items()))
    (folder / "dovecot.conf").write_text(f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = 127.0.0.1
protocols = imap pop3 lmtp
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_process_limit = 50
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%n
mail_fsync = never
ssl = required
ssl_cert = <{certificates.path("server.pem")}
ssl_key = <{certificates.path("server.key")}
ssl_dh =
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {folder}/passwd
}}
userdb {{
  driver = passwd-file
  args = {folder}/passwd
  default_fields = uid={user} gid={group} home={folder}/mail/%n
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {ports["sasl"]}
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {ports["imap"]}
  }}
  inet_listener imaps {{
    port = {ports["imaps"]}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {ports["pop3"]}
  }}
  inet_listener pop3s {{
    port = {ports["pop3s"]}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {ports["lmtp"]}
  }}
}}
""")
    server = servers.Server(folder, [program, "-F", "-c", folder / "dovecot.conf"], _greets(ports["imap"], b"* OK"))
    server.log_path = folder / "dovecot.log"
    server.ports = ports
    return server


class Postfix(servers.Server):
    """Its master keeps root and gives up the rights of its services itself, so it is not started as the rest."""

    def __init__(self, folder, ready):
        self.log_path = folder / "postfix.log"
        conf, out = folder / "conf", folder / "start.log"
        # This makes the folders of the queue.
        subprocess.run([servers.program("postfix"), "-c", conf, "check"], capture_output=True, check=True)
        with open(out, "wb") as log:  # as the leader of its group, which it ends with itself
            self.process = subprocess.Popen([f"{POSTFIX_PROGRAMS}/master", "-c", conf, "-d"], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, cwd=folder, start_new_session=True,
                                            preexec_fn=servers._die_with_parent)
        self.wait_for(ready, "postfix", lambda: f"{out.read_text()}\n{self.log()}")

    def log(self):
        return super().log() if self.log_path.exists() else ""


def postfix(below, certificates, house, known):
    """Takes mail with STARTTLS (`submission`), TLS (`smtps`), without any (`bare`), and of strangers with STARTTLS (`mx`).

    `house` is Dovecot."""
    servers.program("postfix")
    if os.getuid() != 0:
        skip("Postfix needs root")
    folder = below / "postfix"
    folder.mkdir()
    for name in ("conf", "queue", "data"):
        (folder / name).mkdir()
    subprocess.run(["chown", "postfix", folder / "data"], check=True)
    key = folder / "server.key"
    key.write_bytes(certificates.path("server.key").read_bytes())
    key.chmod(0o600)
    ports = {name: servers.free_port() for name in ("submission", "smtps", "bare", "mx")}
    table = ", ".join(f"{{{name}@{DOMAIN} = x}}" for name in known)
    (folder / "conf" / "main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {POSTFIX_PROGRAMS}
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.{DOMAIN}
mydomain = {DOMAIN}
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
local_transport = error:no local mail here
relay_transport = error:no relay
default_transport = error:5.1.2 loopback only
virtual_mailbox_domains = {DOMAIN}
virtual_transport = lmtp:inet:127.0.0.1:{house.ports["lmtp"]}
virtual_mailbox_maps = inline:{{ {table} }}
recipient_delimiter = +
smtpd_tls_cert_file = {certificates.path("server.pem")}
smtpd_tls_key_file = {key}
smtpd_tls_loglevel = 1
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{house.ports["sasl"]}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_peername_lookup = no
smtp_host_lookup = native
smtpd_error_sleep_time = 0
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
message_size_limit = 20971520
""")
    (folder / "conf" / "master.cf").write_text(f"""
127.0.0.1:{ports["submission"]} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
127.0.0.1:{ports["smtps"]} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
127.0.0.1:{ports["bare"]} inet n - n - - smtpd
  -o smtpd_tls_security_level=none -o smtpd_relay_restrictions=reject_unauth_destination
127.0.0.1:{ports["mx"]} inet n - n - - smtpd
  -o smtpd_tls_security_level=may -o smtpd_relay_restrictions=reject_unauth_destination
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
""")
    server = Postfix(folder, _greets(ports["submission"], b"220"))
    server.ports = ports
    return server


@contextlib.contextmanager
def mail_house(below, people, ghosts=()):
    """Both servers, ended whatever happens; a namespace with certificates, dovecot and postfix."""
    class House:
        pass
    below.chmod(0o755)  # others have to pass
    house = House()
    house.certificates = Certificates(below / "certificates")
    with contextlib.ExitStack() as running:
        house.dovecot = running.enter_context(dovecot(below, house.certificates, people))
        house.postfix = running.enter_context(postfix(below, house.certificates, house.dovecot, [*people, *ghosts]))
        yield house
