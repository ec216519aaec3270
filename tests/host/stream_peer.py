"""stream_peer.py MODE [CERTIFICATE KEY [AUTHORITY]]: the other side of a stream.

Prints its port, then serves one connection after the other until it is ended.
"""
import socket
import ssl
import struct
import sys
import time


def context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(sys.argv[2], sys.argv[3])
    made.set_alpn_protocols(["second", "first"])
    if len(sys.argv) > 4:
        made.load_verify_locations(sys.argv[4])
        made.verify_mode = ssl.CERT_REQUIRED
    return made


def echo(peer):
    while data := peer.recv(65536):
        peer.sendall(data)


def gather(peer):
    line = b""
    while not line.endswith(b"\n"):
        line += peer.recv(65536)
    peer.sendall(line)


def smtp(peer, injected=b"", after=0.0):
    lines = peer.makefile("rb")
    peer.sendall(b"220 mail.example.org ready\r\n")
    while line := lines.readline():
        word = line.split()[0].upper()
        if word == b"STARTTLS":
            peer.sendall(b"220 go ahead\r\n" + (b"" if after else injected))
            if after:
                time.sleep(after)
                peer.sendall(injected)
            peer = context().wrap_socket(peer, server_side=True)
            lines = peer.makefile("rb")
        elif word == b"EHLO":
            peer.sendall(b"250-mail.example.org\r\n250 STARTTLS\r\n")
        elif word == b"QUIT":
            peer.sendall(b"221 bye\r\n")
            return peer.unwrap()
        else:
            peer.sendall(b"250 ok\r\n")


def until_end(peer):
    peer.sendall(b"hello")
    while peer.recv(65536):
        pass
    print("closed", flush=True)


def reset(peer):
    peer.recv(1)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def flood(peer):
    while True:
        peer.sendall(b"x" * 65536)


def slow(peer):
    peer.sendall(b"220 ")
    peer.recv(1)
    time.sleep(60)


def half_line(peer):
    peer.sendall(b"220 mail")


modes = {
    "echo": echo,
    "gather": gather,
    "tls": lambda peer: echo(context().wrap_socket(peer, server_side=True)),
    "smtp": smtp,
    "injected": lambda peer: smtp(peer, b"250 injected\r\n"),
    "injected_later": lambda peer: smtp(peer, b"250 injected\r\n", 0.2),
    "until_end": until_end,
    "reset": reset,
    "flood": flood,
    "slow": slow,
    "half_line": half_line,
    "silent": lambda peer: time.sleep(60),
    "close": lambda peer: None,
}


def serve_udp():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    while True:
        data, sender = server.recvfrom(65536)
        if data == b"lost":
            continue
        server.sendto(data, sender)
        if data == b"twice":
            server.sendto(b"second", sender)


def serve_tcp(mode):
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    while True:
        peer, _ = server.accept()
        try:
            mode(peer)
        except (OSError, ssl.SSLError):
            pass
        peer.close()


if sys.argv[1] == "udp":
    serve_udp()
serve_tcp(modes[sys.argv[1]])
