"""What is installed works where it lies, names nobody's folders, and is described as it is."""
import pathlib
import re
import shutil
import unittest

from installed import BINARY, SOURCE, VERSION, InstalledTest, run, skip_loudly

SAMPLES = {"bluebridge-mailroom", "bluebridge-pki", "bluebridge-portal", "bluebridge-record-platform"}


def names_of_builder(folder):
    """Files that hold a path of the machine that built them."""
    needles = [str(path).encode() for path in (SOURCE, BINARY)]
    return [file.relative_to(folder) for file in sorted(folder.rglob("*"))
            if file.is_file() and any(needle in file.read_bytes() for needle in needles)]


def missing_in_page(page, help_text):
    """Lines of a --help text that its man page lacks."""
    plain = page.replace("\\-", "-").replace("\\e", "\\").replace("\\&", "")
    return [line for line in help_text.splitlines()[1:]
            if re.sub(r"^(usage|options|example):\s*", "", line, flags=re.I).strip() not in plain]


class InstallTest(InstalledTest):
    def test_holds_what_a_user_and_a_developer_need_and_nothing_else(self):
        prefix = self.installed.prefix
        self.assertEqual({path.name for path in prefix.iterdir()} - {"libexec"}, {"bin", "include", "lib", "share"})
        self.assertEqual({path.name for path in (prefix / "bin").iterdir()}, {"bluebridge", *SAMPLES})
        plugins = [path.name for path in (prefix / "lib/bluebridge/plugins").iterdir()]
        ours = {path.name for path in (SOURCE / "plugins").glob("*/*.bbplugin.yaml")}
        driven = {path.name for path in (SOURCE / "plugins").glob("*/*.connector-test.yaml")}
        self.assertEqual({name for name in plugins if not name.endswith(".so")}, ours | driven)
        self.assertEqual(len(plugins), 2 * len(ours) + len(driven))
        self.assertEqual({path.name for path in (prefix / "include/bb").iterdir()}, {"abi", "core", "host", "sdk"})
        headers = SOURCE / "sdk/include/bb/abi"
        self.assertEqual({path.relative_to(prefix / "include/bb/abi") for path in (prefix / "include/bb/abi").rglob("*.h")},
                         {path.relative_to(headers) for path in headers.rglob("*.h")})

    def test_names_no_folder_of_the_builder(self):
        if "CMAKE_BUILD_TYPE:STRING=Debug" in (BINARY / "CMakeCache.txt").read_text():
            skip_loudly("assertions of a debug build name source files")
        self.assertEqual(names_of_builder(self.installed.prefix), [])

    def test_notices_a_folder_of_the_builder(self):
        folder = self.fresh("leak")
        (folder / "file").write_bytes(b"\0" + str(SOURCE / "x.cpp").encode())
        self.assertEqual(names_of_builder(folder), [pathlib.Path("file")])

    def test_finds_its_data_after_a_move(self):
        self.assertIn("0 errors", self.installed.bluebridge("suite", "lint", "pledge.data_holder"))
        self.assertIn("base_url", self.installed.bluebridge("connector", "show", "org.bluebridge.rest.portal"))
        self.assertIn("view-empty", run(self.installed.prefix / "bin/bluebridge-portal", "--list-defects"))

    def test_the_mail_room_runs_with_certificates_of_the_pki(self):
        folder = self.fresh("pki")
        run(self.installed.prefix / "bin/bluebridge-pki", "--out", folder, "--domain", "direct.example.org", "--without-cases")
        with self.installed.program("bluebridge-mailroom", "--identity", folder / "server.pem") as room:
            self.assertTrue({"smtp", "imap", "dns"} <= set(room.ready))

    def test_says_what_it_misses_when_half_is_gone(self):
        bare = self.fresh("bare") / "bin"
        bare.mkdir()
        shutil.copy(self.installed.prefix / "bin/bluebridge", bare)
        self.assertIn(f"no conformance data in {bare.parent}/share/bluebridge/conformance",
                      run(bare / "bluebridge", "suite", "list", status=2))

    def test_demo_judges_the_sample_portal(self):
        said = self.installed.bluebridge("demo", "--out", self.fresh("demo"))
        self.assertIn("conformant", said)
        self.assertIn("not conformant", self.installed.bluebridge("demo", "--defect", "view-empty", "--out",
                                                                  self.fresh("demo"), status=1).lower())

    def test_refuses_a_connector_that_was_changed_after_installing(self):
        plugins = self.fresh("changed")
        for file in (self.installed.prefix / "lib/bluebridge/plugins").iterdir():
            shutil.copy(file, plugins)
        show = ("connector", "show", "org.bluebridge.rest.portal", "--plugins", plugins)
        self.installed.bluebridge(*show)
        with (plugins / "bb_rest.so").open("ab") as library:
            library.write(b"\n")
        self.assertRegex(self.installed.bluebridge(*show, status=2), "differs from its manifest: sha256 is '[0-9a-f]{64}'")

    def test_the_kit_judges_our_connectors_where_they_lie(self):
        # Stripped, pinned by their hash, in a folder with a blank, and with nothing of the source tree near.
        plugins = self.installed.prefix / "lib/bluebridge/plugins"
        for library in plugins.glob("*.so"):
            # What the Direct connector is set up with holds keys, which its own test makes: here much is skipped.
            needs_keys = library.name == "bb_direct.so"
            said = self.installed.bluebridge("connector", "test", "--strictness", "4", library, status=3 if needs_keys else 0)
            self.assertRegex(said, rf"{library.name}: [1-9][0-9]* pass, ")
            # What a connector makes itself of what it fetched is excepted in its test file, with the reason.
            excepted = "inbox-raw" if library.name == "bb_healthvault.so" else None
            failed = re.findall(r"^fail +\S+ ([a-z0-9-]+)", said, re.MULTILINE)
            self.assertEqual(failed, [excepted] if excepted else [], said)
        copy = self.fresh("kit")
        for file in plugins.iterdir():
            shutil.copy(file, copy)
        manifest = copy / "rest.bbplugin.yaml"
        manifest.write_text(manifest.read_text().replace("bb.view/1", "bb.transmit/1", 1))
        self.assertIn("fail    BB-R009 manifest-matches", self.installed.bluebridge("connector", "test", manifest, status=1))

    def test_has_one_version(self):
        self.assertIn(f"bluebridge {VERSION} ", self.installed.bluebridge("version"))
        for name in ("bluebridge-sdk", "bluebridge-host"):
            self.assertEqual(run("pkg-config", "--modversion", name,
                                 PKG_CONFIG_PATH=str(self.installed.prefix / "lib/pkgconfig")).strip(), VERSION)

    def test_man_pages_say_what_help_says(self):
        pages = self.installed.prefix / "share/man/man1"
        verbs = re.findall(r"^  ([a-z]+(?: [a-z]+)?)  ", self.installed.bluebridge("--help"), re.MULTILINE)
        self.assertLess({"connector new", "connector test"}, set(verbs))
        page = (pages / "bluebridge.1").read_text()
        for words in ([], *(verb.split() for verb in verbs)):
            self.assertEqual(missing_in_page(page, self.installed.bluebridge(*words, "--help")), [], words)
        self.assertEqual({path.name for path in pages.iterdir()}, {"bluebridge.1", *(f"{name}.1" for name in SAMPLES)})
        for name in SAMPLES:
            said = run(self.installed.prefix / "bin" / name, "--help")
            self.assertEqual(missing_in_page((pages / f"{name}.1").read_text(), said), [], name)
        self.assertEqual(missing_in_page(page, "bluebridge x - y\n--frobnicate   do it\n"), ["--frobnicate   do it"])

    def test_completion_is_installed(self):
        script = (self.installed.prefix / "share/bash-completion/completions/bluebridge").read_text()
        self.assertEqual(script, self.installed.bluebridge("completion", "bash"))


if __name__ == "__main__":
    unittest.main()
