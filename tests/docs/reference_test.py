"""The reference of the headers is made by scripts/docs without a warning, and holds what the headers say."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from skips import skip_loudly  # noqa: E402

SOURCE = pathlib.Path(os.environ["BB_SOURCE_DIR"])


class ReferenceTest(unittest.TestCase):
    def setUp(self):
        if not shutil.which("doxygen"):
            skip_loudly("doxygen is not installed")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bb-reference-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def make(self, source):
        return subprocess.run([source / "scripts" / "docs", self.folder / "out"], text=True, capture_output=True, timeout=120)

    def test_every_header_is_described_without_a_warning(self):
        done = self.make(SOURCE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        pages = {page.name: page.read_text() for page in (self.folder / "out/html").glob("*.html")}
        self.assertEqual(done.stdout, f"{self.folder}/out/html/index.html\n")
        for sentence in ("A parsed and checked manifest. Immutable; copy freely.", "a function of C++ to be found nowhere",
                         "known operation, not for this input", "Where a listing goes."):
            found = any(sentence in text for text in pages.values())
            self.assertEqual(found, "nowhere" not in sentence, sentence)
        self.assertNotIn(str(SOURCE), "".join(pages.values()))

    def test_a_comment_that_cannot_be_read_is_noticed(self):
        copy = self.folder / "copy"
        for part in ("sdk/include", "sdk/tools"):
            shutil.copytree(SOURCE / part, copy / part)
        (copy / "scripts").mkdir()
        shutil.copy(SOURCE / "scripts/docs", copy / "scripts")
        shutil.copy(SOURCE / "sdk/VERSION", copy / "sdk")
        header = copy / "sdk/include/bb/core/text.hpp"
        header.write_text(header.read_text().replace("// Whether the bytes", "// A <frobnicate> of bytes: whether the bytes"))
        done = self.make(copy)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("frobnicate", done.stderr)


if __name__ == "__main__":
    unittest.main()
