"""Mail servers that say what they are told to, and keep what they hear."""
import contextlib
import socketserver
import threading


class Served:
    """In front of a server of socketserver: serves while it is used as a context, on its `port`."""
    daemon_threads = True

    @property
    def port(self):
        return self.server_address[1]

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.thread.join()
        self.server_close()


class Peer(Served, socketserver.ThreadingTCPServer):
    """Talks on a free port. `heard` has every line, `messages` what came behind DATA."""
    allow_reuse_address = True

    def __init__(self, talk):
        self.heard, self.messages = [], []
        peer = self

        class Talk(socketserver.StreamRequestHandler):
            def say(self, text):
                self.wfile.write(text.encode().replace(b"\n", b"\r\n"))

            def lines(self):
                while line := self.rfile.readline().decode().rstrip("\r\n"):
                    peer.heard.append(line)
                    yield line

            def handle(self):
                with contextlib.suppress(OSError):
                    talk(self)
        super().__init__(("127.0.0.1", 0), Talk)


def smtp(recipient=lambda address: "250 ok", end="250 ok: queued as X1"):
    """An SMTP server. `recipient` answers RCPT, `end` the message: None breaks off."""
    def talk(peer):
        peer.say("220 mail.test\n")
        for line in peer.lines():
            word = line.split()[0].upper()
            if word == "EHLO":
                peer.say("250 mail.test\n")
            elif word == "RCPT":
                peer.say(recipient(line[len("RCPT TO:<"):-1]) + "\n")
            elif word == "DATA":
                peer.say("354 go on\n")
                peer.server.messages.append([])
                while (text := peer.rfile.readline()) not in (b".\r\n", b""):
                    peer.server.messages[-1].append(text)
                if end is None:
                    return
                peer.say(end + "\n")
            else:
                peer.say("221 bye\n" if word == "QUIT" else "250 ok\n")
    return talk


def imap(messages, size=None):
    """An IMAP server with messages; `size` is what it says of each whole one, whatever is true."""
    def talk(peer):
        peer.say("* OK ready\n")
        for line in peer.lines():
            tag, _, rest = line.partition(" ")
            if rest.startswith("SELECT"):
                peer.say("* OK [UIDVALIDITY 3] ok\n")
            elif rest.startswith("UID FETCH 1:*"):
                for number, message in messages.items():
                    peer.say(f"* {number} FETCH (UID {number} RFC822.SIZE {size or len(message)})\n")
            elif rest.startswith("UID FETCH"):
                message = messages.get(int(rest.split()[2]))
                if message is not None and "HEADER" in rest:
                    header = message.partition("\r\n\r\n")[0] + "\r\n\r\n"
                    peer.say(f"* 1 FETCH (UID 1 BODY[HEADER]<0> {{{len(header)}}}\n")
                    peer.wfile.write(header.encode())
                    peer.say(")\n")
                elif message is not None:
                    peer.say(f"* 1 FETCH (UID 1 BODY[] {{{size or len(message)}}}\n")
                    peer.wfile.write(message.encode())
                    peer.say(")\n")
            peer.say(f"{tag} OK done\n")
    return talk
