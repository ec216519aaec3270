"""A connector in Rust, over the C ABI alone, is found, loaded and judged like any other."""
import os
import pathlib
import shutil
import subprocess
import unittest

from installed import InstalledTest, run, skip_loudly

HERE = pathlib.Path(__file__).parent
MANIFEST = """bbplugin: 1
id: com.example.rust
version: 1.0.0
library: {linux-x86_64: rust.so, linux-aarch64: rust.so}
abi: {major: 1, minor: 0, min_host_minor: 0}
types:
  - {id: com.example.rust, interfaces: [bb.view/1], network: host}
grants: {host: []}
"""
SUITE = """format: bluebridge-suite/1
suite: rust
version: "1.0.0"
roles: {portal: {needs: [view]}}
tests:
  view:
    title: The note is written in Rust
    steps:
      - do: portal.view
        with: {kind: summary}
        expect: [{body: text, contains: %s}]
  missing:
    title: Another note is not there
    needs: view
    steps:
      - do: portal.view
        with: {item: "2"}
        expect: [result: not_found]
"""
TARGET = """format: bluebridge-target/1
target: rust
roles: {portal: {connector: com.example.rust}}
patients: {alice: {account: alice}}
"""


class RustTest(InstalledTest):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("rustc"):
            skip_loudly("rustc is not installed")
        super().setUpClass()

    def test_a_connector_in_rust_passes_its_suite(self):
        folder = self.fresh("rust")
        # rustc may be a launcher that finds its parts through HOME.
        built = subprocess.run(["rustc", "--edition", "2021", "--crate-type", "cdylib", "-C", "panic=abort",
                                "-o", folder / "rust.so", HERE / "rust" / "plugin.rs"], cwd=folder, text=True,
                               capture_output=True, timeout=120, env=os.environ)
        self.assertEqual(built.returncode, 0, built.stderr)
        (folder / "rust.bbplugin.yaml").write_text(MANIFEST)
        (folder / "target.yaml").write_text(TARGET)
        self.assertIn("bb_plugin_v1", run("nm", "-D", "--defined-only", folder / "rust.so"))
        self.assertIn("Example, Inc.", self.installed.bluebridge("connector", "show", "com.example.rust", "--plugins", folder))
        for expected, status in (("Hello from Rust.", 0), ("Hello from C.", 1)):
            (folder / "suite.yaml").write_text(SUITE % expected)
            self.installed.bluebridge("run", folder / "suite.yaml", "--target", folder / "target.yaml", "--plugins", folder,
                                      "--out", folder / "runs", status=status)


if __name__ == "__main__":
    unittest.main()
