"""What the roundtrips through Postfix and Dovecot have in common: messages, rates and memory."""
import email
import email.policy
import pathlib
import random
import smtplib
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "mail"), str(TESTS / "servers")]
import mail_servers  # noqa: E402
from connectors import DOMAIN, Connectors  # noqa: E402

PASSWORDS = {"alice": "canary-Pa55-alice", "bob": "canary-Pa55-bob"}
ALICE, BOB = f"alice@{DOMAIN}", f"bob@{DOMAIN}"
TABLE_HEAD = "| what | messages | time | rate |\n|---|---|---|---|"


def main(run, usage):
    """Calls run(build folder, temporary folder, mail house, connectors, count) as the arguments BUILD [COUNT] say."""
    if len(sys.argv) not in (2, 3):
        sys.exit(usage)
    build, count = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with tempfile.TemporaryDirectory() as below:
        folder = pathlib.Path(below)
        with (mail_servers.mail_house(folder, PASSWORDS) as house,
              Connectors(build / "bin" / "connector_tool", build / "plugins",
                         build / "bin" / "bluebridge-connector-host", folder) as tool):
            run(build, folder, house, tool, count)


def attachment(number):
    return random.Random(number).randbytes(10_000)


def letter(number):
    """What the connectors send, as Python writes it."""
    text = email.message.EmailMessage(email.policy.SMTP)
    text["From"], text["To"], text["Subject"] = ALICE, BOB, f"number {number}"
    text.set_content("hello")
    text.add_attachment(attachment(number), "application", "octet-stream", filename="data.bin")
    return text


def peak_kib(pid):
    """The most memory that a process and those below it have had, each; its own first."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    own = int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1])
    children = [child for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
                for child in (task / "children").read_text().split()]
    return [own, *(kib for child in children for kib in peak_kib(child))]


def row(what, count, begin):
    seconds = time.monotonic() - begin
    print(f"| {what} | {count} | {seconds:.1f} s | {count / seconds:.0f}/s |", flush=True)


def send(tool, address, count, scheme):
    """By the connector `out`, one message after the other; {message id: number}."""
    sent = {}
    for number in range(count):
        receipt = tool.send("out", f"key-{number}", [address], f"number {number}", "hello",
                            [("data.bin", "application/octet-stream", attachment(number))], scheme)[address]
        if receipt["delivery"] != "accepted":
            sys.exit(f"message {number}: {receipt}")
        sent[receipt["message_id"]] = number
        tool.evidence()  # not kept here
    return sent


def wait_for_delivery(house, count, seconds=120):
    end = time.monotonic() + seconds
    while (saved := house.dovecot.log().count("saved mail to INBOX")) < count:
        if time.monotonic() > end:
            sys.exit(f"{saved} of {count} were delivered within {seconds} s")
        time.sleep(0.2)


def compare(sent, text):
    """Takes a message out of those that were sent; ends where it is none of them, or another."""
    message = email.message_from_bytes(text, policy=email.policy.default)
    number = sent.pop(message["message-id"], None)
    if number is None:
        sys.exit(f"{message['message-id']} was not sent, or came twice")
    _, data = message.iter_parts()
    if data.get_payload(decode=True) != attachment(number) or message["subject"] != f"number {number}":
        sys.exit(f"message {number} is not as it was sent")


def post(house, tls, to, text):
    """With smtplib, a connection a message as the connectors have."""
    with smtplib.SMTP("localhost", house.postfix.ports["submission"]) as server:
        server.starttls(context=tls)
        server.login(ALICE, PASSWORDS["alice"])
        server.sendmail(ALICE, [to], text)


def end(sent, count, memory):
    if sent:
        sys.exit(f"{count - len(sent)} of {count} arrived")
    host, *connectors = (f"{kib / 1024:.0f} MiB" for kib in memory)
    print(f"\nMost memory of each connector's process: {', '.join(connectors)}; of the test's host, which keeps what went "
          f"over the wire of a whole listing: {host}. "
          f"Sent and arrived agree: {count} messages, each once, each as sent.")
