"""Programs for Direct on one machine: certificates, a mail room, portals."""
import json
import subprocess

import peers


def make_pki(folder, *words):
    """Certificates as `words` say, and the passwords of those below. Gives the folder."""
    subprocess.run([peers.BIN / "bluebridge-pki", "--out", folder, *words], check=True, stdout=subprocess.DEVNULL)
    (folder / "mail.password").write_text("secret")
    (folder / "account.password").write_text(f"{peers.PASSWORD_BASE}-alice")
    return folder


def zone(folder, names, elsewhere={}):
    """A table for the mail room's DNS: a CERT record for each name, of NAME.crt; `elsewhere` is names with other files."""
    files = {name: f"{name}.crt" for name in names} | elsewhere
    file = folder / "zone.yaml"
    file.write_text("records:\n" + "".join(
        f"  - {{name: {name.replace('@', '.')}, type: CERT, file: {json.dumps(crt)}}}\n" for name, crt in files.items()))
    return file


def mail_room(folder, table, *mailboxes):
    return peers.Program(peers.BIN / "bluebridge-mailroom", "--identity", folder / "server.pem", "--zone", table,
                         *[word for mailbox in mailboxes for word in ("--mailbox", mailbox)], "--exit-with-parent")


def portal(folder, domain, ports, *more, user=None, trust="root.crt", lists=("intermediate.crl",), defect=None):
    """A portal for the domain, whose mailbox is the user's (the domain's, unless told), with the password 'secret'.

    `ports` are those of smtp, imap and dns; `trust` is whom TLS to the first two trusts; `lists` are of revocation."""
    return peers.Portal("--direct-domain", domain, "--direct-identity", folder / f"{domain}.pem",
                        "--direct-anchors", folder / "anchors.crt", "--direct-resolver", f"127.0.0.1:{ports['dns']}",
                        "--direct-smtp", f"127.0.0.1:{ports['smtp']}", "--direct-imap", f"127.0.0.1:{ports['imap']}",
                        "--direct-user", user or domain, "--trust", folder / trust,
                        *[word for name in lists for word in ("--direct-revocation", folder / name)],
                        "--exit-with-parent", *more, records=peers.SOURCE / "samples" / "records", defect=defect,
                        BLUEBRIDGE_PORTAL_DIRECT_PASSWORD="secret")


# The probes' identities in the configuration of the sender: the cases of bluebridge-pki.
IDENTITIES = {name: name.replace("_", "-") for name in (
    "expired", "not_yet_valid", "no_not_before", "no_not_after", "revoked", "wrong_name", "wildcard", "other_domain",
    "other_subject_address", "bad_aia", "no_crl", "encrypt_only", "authority", "subject_address", "rsa_3072", "rsa_4096",
    "p256", "p384")} | {"unknown_anchor": "foreign-anchor", "weak_key": "rsa-1024"}


def receiving_target(folder, portal, ports, sender, recipient, user="bob", trust="root.crt", **inputs):
    """A target of direct.receive: a portal, and `sender`, who has the mailbox `user` with the password 'secret'."""
    def server(name):
        return {"host": "127.0.0.1", "port": ports[name]}

    files = {"own": folder / f"{sender}.pem", "anchors": folder / "anchors.crt", "lists": folder / "intermediate.crl",
             "mail": folder / "mail.password",
             **{name: folder / "cases" / f"{case}.pem" for name, case in IDENTITIES.items()}}
    trusted = {"identity": {"secret": "own"}, "anchors": {"secret": "anchors"}, "revocation_lists": {"secret": "lists"},
               "resolver": server("dns")}
    mailbox = {**server("imap"), "user": user, "password": "mail"}
    role = {"secrets": {name: {"file": str(file)} for name, file in files.items()}, "allow_network": True,
            "ca_file": str(folder / trust)}
    return json.dumps({
        "format": "bluebridge-target/1", "target": "end-to-end", "title": "End to end",
        "options": {"direct_as": "1.3"}, "inputs": {"recipient": recipient, **inputs},
        "roles": {
            "sender": {"connector": "org.bluebridge.direct.sender", **role, "config": {
                **server("smtp"), **trusted, "from": sender, "mailbox": mailbox,
                "identities": {name: {"secret": name} for name in IDENTITIES}}},
            "inbox": {"connector": "org.bluebridge.direct.inbox", **role,
                      "config": {**mailbox, **trusted, "address": sender, "smtp": server("smtp")}},
            "received": {"connector": "org.bluebridge.rest.messages", "ca_file": portal.ready["ca_file"],
                         "secrets": {"password": {"file": str(folder / "account.password")}},
                         "config": {"base_url": portal.ready["url"], "account": "alice", "password": "password"}}},
        "patients": {"alice": {"account": "alice"}}})
