"""Projects of others against a moved installation: the samples, new connectors, CMake and pkg-config."""
import json
import shutil
import unittest

from installed import PASSWORD_BASE, SOURCE, InstalledTest, compilers, run

SAMPLES = SOURCE / "samples"
CLINIC_SUITE = SOURCE / "tests" / "packaging" / "clinic.suite.yaml"


class SamplesTest(InstalledTest):
    def build(self, sample, compiler):
        """Builds a copy of a sample, so that nothing of the source tree is near it."""
        folder = self.fresh(sample.name)
        shutil.copytree(sample, folder / "source")
        self.installed.build(folder / "source", folder / "build", compiler)
        return folder / "build"

    def check(self, compiler):
        compilers(compiler)
        c = self.build(SAMPLES / "connectors" / "c", compiler)
        cpp = self.build(SAMPLES / "connectors" / "cpp", compiler)
        for built, tests in ((c, 1), (cpp, 2)):
            out = run("ctest", "--test-dir", built, "--output-on-failure")
            self.assertIn(f"100% tests passed, 0 tests failed out of {tests}", out)
            self.assertNotIn("Skipped", out)
        embed = self.build(SAMPLES / "embed-host", compiler) / "embed-host"
        self.assertEqual(run(embed, c / "plugins", "com.example.notes"),
                         "1\tnote\tVisit\n2\tnote\tPhone call\n")
        self.assertEqual(run(embed, cpp / "plugins", "com.example.acme", '{"facility": "North"}'),
                         "1\tfhir:Observation\tNorth\n2\tfhir:Observation\tNorth\n")
        self.assertIn("'com.example.acmee'", run(embed, cpp / "plugins", "com.example.acmee", status=1))
        self.assertIn("usage:", run(embed, status=2))
        # Installed, a connector's manifest holds its hash, and the host still takes it.
        own = self.fresh("own")
        run("cmake", "--install", cpp, "--prefix", own)
        self.assertIn("sha256: {linux-", (own / "lib/bluebridge/plugins/acme.bbplugin.yaml").read_text())
        self.installed.bluebridge("connector", "show", "com.example.acme", "--plugins", own / "lib/bluebridge/plugins")
        with self.installed.portal() as portal:
            self.check_clinic(embed, cpp / "plugins", portal.ready)

    def check_clinic(self, embed, plugins, portal):
        """The portal client by the embedding program, then by a suite."""
        config = json.dumps({"base_url": portal["url"]})
        words = (embed, plugins, "com.example.clinic", config, "alice", portal["ca_file"])
        listed = run(*words, PASSWORD=f"{PASSWORD_BASE}-alice")
        self.assertIn("\tsummary\t", listed)
        self.assertIn("GET " + portal["url"] + "/api/patients/alice/items", listed)
        self.assertNotIn(PASSWORD_BASE, listed)
        self.assertIn("BB_E_UNAUTHENTICATED: signing in: the portal answered 401", run(*words, status=1, PASSWORD="wrong"))
        role = {"ca_file": portal["ca_file"]}
        target = self.fresh("clinic") / "target.yaml"
        target.write_text(json.dumps({
            "format": "bluebridge-target/1", "target": "clinic", "environment": "test",
            "roles": {"portal": {"connector": "com.example.clinic", "config": {"base_url": portal["url"]}, **role},
                      "inbox": {"connector": "org.bluebridge.rest.inbox", "config": {"inbox_url": portal["inbox"]}, **role}},
            "patients": {"alice": {"family_name": "Newman", "secrets": {"password": {"env": "PASSWORD"}}}}}))
        run_suite = ("run", CLINIC_SUITE, "--target", target, "--out", target.parent / "runs",
                     "--plugins", plugins, "--plugins", self.installed.prefix / "lib/bluebridge/plugins")
        self.installed.bluebridge(*run_suite, PASSWORD=f"{PASSWORD_BASE}-alice")
        # A password that is wrong, and the suite says no.
        self.installed.bluebridge(*run_suite, status=1, PASSWORD="wrong")

    def test_samples_build_and_run_with_gcc(self):
        self.check("gcc")

    def test_samples_build_and_run_with_clang(self):
        self.check("clang")

    def test_builds_with_pkg_config_too(self):
        folder = self.fresh("pkg-config")

        def flags(*words):
            return run("pkg-config", *words, PKG_CONFIG_PATH=str(self.installed.prefix / "lib/pkgconfig"),
                       PKG_CONFIG_ALLOW_SYSTEM_CFLAGS="1").strip()
        notes, main = SAMPLES / "connectors/c/notes.c", SAMPLES / "embed-host/main.cpp"
        run("sh", "-ec", f"gcc -std=c11 -shared -fPIC {flags('--cflags', 'bluebridge-sdk')} '{notes}' -o notes.so", cwd=folder)
        shutil.copy(notes.with_name("notes.bbplugin.yaml"), folder)
        run("sh", "-ec", f"g++ -std=c++20 '{main}' {flags('--cflags', '--libs', 'bluebridge-host')} -o embed-host", cwd=folder,
            timeout=240)
        self.assertIn("Phone call", run(folder / "embed-host", folder, "com.example.notes"))


class FindPackageTest(InstalledTest):
    def configure(self, call, status=0):
        folder = self.fresh("find")
        (folder / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(consumer LANGUAGES CXX)\n" + call)
        return self.installed.configure(folder, folder / "build", status=status)

    def test_gives_the_targets_of_each_component(self):
        known = {"abi": "abi", "sdk": "abi sdk", "core": "abi core", "host": "abi core host", "": "abi sdk"}
        for component, targets in known.items():
            words = f"COMPONENTS {component}" if component else ""
            others = {"abi", "sdk", "core", "host"} - set(targets.split())
            self.configure(f"find_package(bluebridge 0.1 REQUIRED {words})\n" +
                           "".join(f"if(NOT TARGET bb::{name})\nmessage(FATAL_ERROR \"no {name}\")\nendif()\n"
                                   for name in targets.split()) +
                           "".join(f"if(TARGET bb::{name})\nmessage(FATAL_ERROR \"{name} too\")\nendif()\n" for name in others))

    def test_refuses_what_it_does_not_have(self):
        self.assertIn("unknown component 'records'",
                      self.configure("find_package(bluebridge REQUIRED COMPONENTS records)\n", status=1))
        self.assertIn("version: 0.", self.configure("find_package(bluebridge 1.0 REQUIRED)\n", status=1))

    def test_bb_add_plugin_adds_the_kit_as_a_test_unless_told(self):
        folder = self.fresh("kit")
        (folder / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(consumer LANGUAGES CXX)\nenable_testing()\n"
            "find_package(bluebridge REQUIRED)\nfile(WRITE x.cpp \"\")\nfile(WRITE a.bbplugin.yaml \"\")\n"
            "file(WRITE a.connector-test.yaml \"\")\nfile(WRITE b.bbplugin.yaml \"\")\n"
            "bb_add_plugin(one SOURCES x.cpp MANIFEST a.bbplugin.yaml)\n"
            "bb_add_plugin(two SOURCES x.cpp MANIFEST b.bbplugin.yaml)\n"
            "bb_add_plugin(three SOURCES x.cpp MANIFEST b.bbplugin.yaml NO_ABI_TEST)\n")
        self.installed.configure(folder, folder / "build")
        listed = json.loads(run("ctest", "--test-dir", folder / "build", "--show-only=json-v1"))["tests"]
        self.assertEqual([test["name"] for test in listed], ["one.abi", "two.abi"])
        program = str(self.installed.prefix / "bin/bluebridge")
        self.assertEqual(listed[0]["command"], [program, "connector", "test", str(folder / "build/plugins/one.so"),
                                                "--setup", str(folder / "a.connector-test.yaml")])
        self.assertEqual(listed[1]["command"], [program, "connector", "test", str(folder / "build/plugins/two.so")])

    def test_says_what_is_wrong_with_a_call_of_bb_add_plugin(self):
        self.assertIn("SOURCES and MANIFEST are needed",
                      self.configure("find_package(bluebridge REQUIRED)\nbb_add_plugin(x SOURCES x.cpp)\n", status=1))
        self.assertIn("unknown argument 'MANIFESTO;y'", self.configure(
            "find_package(bluebridge REQUIRED)\nbb_add_plugin(x MANIFESTO y MANIFEST x.yaml SOURCES x.cpp)\n", status=1))
        self.assertIn("'sha256' is written when the connector is installed", self.configure(
            "file(WRITE x.yaml \"sha256: {}\\n\")\nfind_package(bluebridge REQUIRED)\n"
            "bb_add_plugin(x MANIFEST x.yaml SOURCES x.cpp)\n", status=1))


class NewConnectorTest(InstalledTest):
    def make(self, name, *options, compiler="gcc"):
        folder = self.fresh("new")
        self.installed.bluebridge("connector", "new", name, *options, cwd=folder)
        self.installed.build(folder / name, folder / name / "build", compiler)
        return folder / name

    def check(self, name, source, *options, compiler="gcc"):
        project = self.make(name, *options, compiler=compiler)
        self.assertEqual(sorted(str(path.relative_to(project)) for path in project.rglob("*")
                                if path.is_file() and "build" not in path.relative_to(project).parts),
                         sorted([".gitignore", "CMakeLists.txt", "README.md", f"{name}.bbplugin.yaml", source,
                                 f"tests/{name}.suite.yaml", f"tests/{name}.target.yaml"]))
        self.assertLessEqual((project / source).read_text().count("\n"), 40)
        for file in project.rglob("*"):
            if file.is_file() and "build" not in file.relative_to(project).parts:
                self.assertNotIn("@", file.read_text(), file)
        ctest = ("ctest", "--test-dir", project / "build", "--output-on-failure")
        self.assertIn("100% tests passed, 0 tests failed out of 3", run(*ctest))
        self.assertEqual(run("nm", "-D", "--defined-only", project / f"build/plugins/{name}.so").split()[2:], ["bb_plugin_v1"])
        self.installed.bluebridge("suite", "lint", project / f"tests/{name}.suite.yaml")
        self.assertRegex(self.installed.bluebridge("connector", "test", "--strictness", "4", project / f"build/plugins/{name}.so"),
                         rf"{name}.so: [1-9][0-9]* pass, ")
        # The suite is a test: a connector that says something else does not pass it.
        (project / source).write_text((project / source).read_text().replace(f"from {name}", "from nowhere"))
        run("cmake", "--build", project / "build")
        self.assertIn(f"{name}.suite (Failed)", run(*ctest, status=8))

    def test_a_new_connector_in_cpp_works_at_once(self):
        self.check("my-portal", "my-portal.cpp")

    def test_a_new_connector_in_c_works_at_once(self):
        self.check("n0tes", "n0tes.c", "--c")

    def test_new_connectors_work_with_clang_too(self):
        compilers("clang")
        self.check("view", "view.cpp", compiler="clang")
        self.check("view", "view.c", "--c", compiler="clang")


if __name__ == "__main__":
    unittest.main()
