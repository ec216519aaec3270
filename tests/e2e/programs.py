"""Sample programs that say in one line of JSON that they are ready."""
import json
import os
import signal
import subprocess


class Program:
    """A program that says in one line of JSON that it is ready."""

    def __init__(self, *words, **environment):
        self.process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True,
                                        env=os.environ | environment)
        self.ready = json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.status = self.process.wait(10)
        self.process.stdout.close()
