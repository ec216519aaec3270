"""A person at a terminal: a program that asks on a pseudo-terminal, and what is typed there."""
import os
import pty
import select
import subprocess
import tempfile
import time


class TerminalPerson:
    """Starts a program with standard input and standard error on a terminal. Use as a context, which ends it."""

    def __init__(self, words, patience_s=60, **environment):
        self.patience_s = patience_s
        self.seen = ""  # everything that the terminal showed
        self.read_up_to = 0
        self.terminal, end = pty.openpty()
        self.output = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([str(word) for word in words], stdin=end, stderr=end, stdout=self.output,
                                        env={**os.environ, **environment}, start_new_session=True)
        os.close(end)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)
        self.output.close()

    def _read(self, deadline):
        ready, _, _ = select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            raise AssertionError(f"the terminal showed nothing more:\n{self.seen}")
        try:
            piece = os.read(self.terminal, 65536)
        except OSError:  # its other end is closed
            piece = b""
        self.seen += piece.decode(errors="replace").replace("\r\n", "\n")
        return bool(piece)

    def prompt(self):
        """What the terminal showed since the last prompt, up to the next one; None where the program ended."""
        deadline = time.monotonic() + self.patience_s
        while "\n> " not in self.seen[self.read_up_to:]:
            if not self._read(deadline):
                return None
        end = self.seen.index("\n> ", self.read_up_to) + len("\n> ")
        shown, self.read_up_to = self.seen[self.read_up_to:end], end
        return shown

    def type(self, text):
        os.write(self.terminal, text.encode() + b"\n")
        # What is typed is shown too, and is no prompt.
        deadline = time.monotonic() + self.patience_s
        while len(self.seen) < self.read_up_to + len(text) + 1:
            if not self._read(deadline):
                return
        self.read_up_to += len(text) + 1

    def interrupt(self):
        self.process.send_signal(2)

    def end(self):
        """The status and standard output, once it ended by itself."""
        deadline = time.monotonic() + self.patience_s
        while self._read(deadline):
            pass
        self.process.wait(self.patience_s)
        self.output.seek(0)
        return self.process.returncode, self.output.read()
