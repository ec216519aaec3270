"""Sample programs as child processes, which say when they are ready."""
import json
import select
import subprocess


class Program:
    """One that says within 30 s, in one line of JSON, that it is ready. Use as a context, which gives `status`."""

    def __init__(self, *words, **more):
        """`more` is for the process: env, cwd."""
        self.process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True, **more)
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            self.kill()
            raise AssertionError(f"{words[0]} did not say that it is ready")
        self.ready = json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Asks it to end; gives the status that it ended with within 10 s."""
        self.process.terminate()
        try:
            self.status = self.process.wait(10)
        finally:
            self.kill()
        return self.status

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
