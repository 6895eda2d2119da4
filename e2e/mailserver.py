"""A mail server of a few lines on the loopback: takes mail, in the clear or by TLS, and keeps it."""

import socketserver
import ssl
import subprocess
import threading


class MailServer(socketserver.ThreadingTCPServer):
    """`certificate`: files of a chain and its key; with `wrapped` TLS is spoken from the first byte,
    without it a client has to ask for it by STARTTLS before it may send anything."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port=0, certificate=None, wrapped=False):
        self.mails = []
        self.wrapped = wrapped
        self.tls = None
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*certificate)
        super().__init__(("127.0.0.1", port), Conversation)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """A client that refuses the certificate hangs up: that is no fault of this server."""


class Conversation(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def begin_tls(self):
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)

    def handle(self):
        is_safe = self.server.tls is None or self.server.wrapped
        if self.server.wrapped:
            self.begin_tls()
        self.say("220 here")
        recipients = []
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"EHLO":
                self.say("250 here" if is_safe else "250-here\r\n250 STARTTLS")
            elif word == b"STAR" and not is_safe:
                self.say("220 go on")
                self.begin_tls()
                is_safe = True
            elif not is_safe:
                self.say("530 STARTTLS first")
            elif word == b"RCPT":
                recipients.append(line.decode().split("<")[1].split(">")[0])
                self.say("250 yes")
            elif word == b"DATA":
                self.say("354 go on")
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line[1:] if line.startswith(b"..") else line)
                self.server.mails.append((recipients, b"".join(lines)))
                self.say("250 taken")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 yes")


class Authority:
    """An authority of one's own, that signs certificates. Needs the `openssl` command."""

    def __init__(self, folder):
        self.folder = folder
        self.pem = folder / "authority.pem"
        self.openssl("req", "-x509", *NEW_KEY, "-keyout", folder / "authority.key", "-out", self.pem,
                     "-days", "2", "-subj", "/CN=authority of a test",
                     "-addext", "keyUsage=critical,keyCertSign")

    def openssl(self, *arguments):
        run = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run.stderr

    def certificate(self, name):
        """(certificate, key) of a host."""
        key, request, extensions, pem = (self.folder / f"{name}.{ending}" for ending in ("key", "csr", "ext", "pem"))
        self.openssl("req", *NEW_KEY, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        extensions.write_text(f"subjectAltName=DNS:{name}\nbasicConstraints=CA:FALSE\n")
        self.openssl("x509", "-req", "-in", request, "-CA", self.pem, "-CAkey", self.folder / "authority.key",
                     "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", pem)
        return pem, key


NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
