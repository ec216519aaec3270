"""An installation of the build tree, moved after it was made, and what is done with one.

Everything lies in a temporary folder, runs with an environment of its own, and is bounded in time.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from programs import Program  # noqa: E402
from skips import skip_loudly  # noqa: E402

SOURCE = pathlib.Path(os.environ["BB_SOURCE_DIR"])
BINARY = pathlib.Path(os.environ["BB_BINARY_DIR"])
VERSION = (SOURCE / "sdk" / "VERSION").read_text().strip()
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"  # of a careful vendor
PASSWORD_BASE = "canary-Pa55word-9b1c"
# C and C++ compilers by name; those that are not installed are skipped loudly.
COMPILERS = {"gcc": ("gcc", "g++"), "clang": ("clang-14", "clang++-14")}


def compilers(name):
    found = [shutil.which(compiler) for compiler in COMPILERS[name]]
    if not all(found):
        skip_loudly(f"{name} is not installed")
    return found


def run(*command, status=0, cwd=None, timeout=120, **environment):
    """Runs a program to its end in a bare environment; returns what it printed on both streams."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, text=True, timeout=timeout,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                          env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/nonexistent", "NO_COLOR": "1", "LC_ALL": "C.UTF-8",
                               **environment})
    if status is not None and done.returncode != status:
        raise AssertionError(f"{' '.join(map(str, command))}: status {done.returncode}, expected {status}\n{done.stdout}")
    return done.stdout


class Installation:
    """A prefix. `folder` is for whatever else a test makes; all of it is gone at the end."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bb-package-"))
        try:
            run("cmake", "--install", BINARY, "--prefix", self.folder / "first")
            self.prefix = self.folder / "moved" / "blue bridge"  # a blank, as on some machines
            self.prefix.parent.mkdir()
            (self.folder / "first").rename(self.prefix)
        except BaseException:
            shutil.rmtree(self.folder)
            raise

    def close(self):
        shutil.rmtree(self.folder)

    def bluebridge(self, *arguments, **more):
        more.setdefault("cwd", self.folder)
        return run(self.prefix / "bin" / "bluebridge", *arguments, **more)

    def configure(self, source, build, compiler="gcc", status=0, options=()):
        c, cxx = compilers(compiler)
        return run("cmake", "-G", "Ninja", "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}",
                   f"-DCMAKE_C_COMPILER={c}", f"-DCMAKE_CXX_COMPILER={cxx}", "--no-warn-unused-cli",
                   f"-DCMAKE_C_FLAGS={WARNINGS}", f"-DCMAKE_CXX_FLAGS={WARNINGS}", *options, status=status)

    def build(self, source, build, compiler="gcc"):
        self.configure(source, build, compiler)
        run("cmake", "--build", build, timeout=240)

    def portal(self):
        return self.program("bluebridge-portal", "--port", "0")

    def program(self, name, *arguments):
        """A sample program of this installation."""
        return Program(self.prefix / "bin" / name, *arguments, "--exit-with-parent", cwd=self.folder,
                       env={"PATH": "/usr/bin:/bin", "BLUEBRIDGE_PORTAL_PASSWORD": PASSWORD_BASE})


class InstalledTest(unittest.TestCase):
    """A test case with one installation for all of its tests."""

    @classmethod
    def setUpClass(cls):
        cls.installed = Installation()
        cls.addClassCleanup(cls.installed.close)

    def fresh(self, name):
        """A folder of its own for one test."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.installed.folder))
        self.addCleanup(shutil.rmtree, folder)
        return folder
