"""The Debian packages: what they depend on, and that they work from a clean root."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from installed import BINARY, SOURCE, VERSION, run, skip_loudly

LINKED = re.compile(r"Shared library: \[(.*?)\]")


def field(package, name):
    return run("dpkg-deb", "--field", package, name).strip()


def programs(root):
    """Everything below a root that links libraries."""
    return [*(root / "usr/bin").iterdir(), *(root / "usr/libexec").rglob("bluebridge-*"),
            *(root / "usr/lib/bluebridge/plugins").glob("*.so")]


def undeclared(depends, libraries):
    """Libraries whose Debian package is not among the dependencies."""
    declared = {re.split(r"[ (:|]", one.strip())[0] for one in depends.split(",")}
    missing = []
    for library in sorted(libraries):
        owners = {line.split(":")[0] for line in run("dpkg", "-S", f"*/{library}").splitlines()}
        if not owners & declared:
            missing.append(library)
    return missing


class DebianTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for program in ("cpack", "dpkg-deb", "dpkg-shlibdeps"):
            if not shutil.which(program):
                skip_loudly(f"{program} is not installed")
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="bb-debian-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        run("cpack", "--config", BINARY / "CPackConfig.cmake", "-B", cls.folder / "made")
        cls.packages = {field(file, "Package"): file for file in (cls.folder / "made").glob("*.deb")}
        cls.root = cls.folder / "root"
        (cls.root / "var/lib/dpkg/info").mkdir(parents=True)
        (cls.root / "var/lib/dpkg/updates").mkdir()
        (cls.root / "var/lib/dpkg/status").touch()
        # The clean root has no libraries; the machine's are used when programs run.
        run("dpkg", f"--root={cls.root}", "--force-depends", "--force-not-root", "--log=/dev/null", "--install",
            *sorted(cls.packages.values()))

    def test_there_is_one_package_for_users_and_one_for_developers(self):
        self.assertEqual(set(self.packages), {"bluebridge", "bluebridge-dev"})
        for file in self.packages.values():
            self.assertEqual(field(file, "Version"), VERSION)
        self.assertIn(f"bluebridge (= {VERSION})", field(self.packages["bluebridge-dev"], "Depends"))

    def test_depends_on_every_library_that_a_program_links(self):
        linked = set()
        for file in programs(self.root):
            linked |= set(LINKED.findall(run("readelf", "-d", file)))
        self.assertIn("libssl.so.3", linked)
        depends = field(self.packages["bluebridge"], "Depends")
        self.assertEqual(undeclared(depends, linked), [])
        self.assertEqual(undeclared(re.sub(r"libssl3[^,]*", "libz", depends), linked & {"libssl.so.3"}), ["libssl.so.3"])

    def test_depends_on_the_development_packages_that_the_host_needs(self):
        depends = field(self.packages["bluebridge-dev"], "Depends")
        required = re.search(r"^Requires: (.*)$", (self.root / "usr/lib/pkgconfig/bluebridge-host.pc").read_text(), re.M)
        for module in set(required.group(1).split(", ")) - {"bluebridge-sdk"}:
            owner = run("dpkg", "-S", f"*/{module}.pc").split(":")[0]
            self.assertIn(owner, depends)

    def test_is_known_to_the_package_manager_of_that_root(self):
        for name in self.packages:
            self.assertEqual(run("dpkg-query", f"--admindir={self.root}/var/lib/dpkg", "-W", "-f=${db:Status-Status}", name),
                             "installed")

    def test_the_demo_runs_from_the_root(self):
        said = run(self.root / "usr/bin/bluebridge", "demo", "--out", self.folder / "runs")
        self.assertIn("conformant", said)
        self.assertNotIn(str(SOURCE), said)

    def test_the_demo_runs_where_nothing_else_is(self):
        """A root that holds the two packages and the libraries they depend on, and nothing of this machine."""
        root = self.folder / "bare"
        shutil.copytree(self.root, root, symlinks=True)
        for name in ("dev", "proc", "tmp"):
            (root / name).mkdir(exist_ok=True)
        (root / "dev/null").touch()
        for library in {path for file in programs(root) for path in re.findall(r"(/\S+) \(0x", run("ldd", file))}:
            copy = root / library.lstrip("/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, copy)
        mounts = f"mount --bind /proc '{root}/proc' && mount --bind /dev/null '{root}/dev/null'"
        script = f"{mounts} && exec chroot '{root}' /usr/bin/bluebridge demo --out /tmp/runs"
        if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
            skip_loudly("a root of its own needs the rights to mount and to change the root")
        self.assertIn("conformant", run("unshare", "--mount", "sh", "-ec", script))
        kit = f"{mounts} && exec chroot '{root}' /usr/bin/bluebridge connector test /usr/lib/bluebridge/plugins/bb_rest.so"
        self.assertRegex(run("unshare", "--mount", "sh", "-ec", kit), r"bb_rest.so: [1-9][0-9]* pass, ")
        (root / "usr/bin/bluebridge-portal").unlink()
        self.assertIn("the sample portal is not there", run("unshare", "--mount", "sh", "-ec", script, status=2))

    def test_a_new_connector_builds_against_the_root(self):
        run(self.root / "usr/bin/bluebridge", "connector", "new", "from-deb", cwd=self.folder)
        project = self.folder / "from-deb"
        run("cmake", "-G", "Ninja", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={self.root}/usr")
        run("cmake", "--build", project / "build")
        self.assertIn("100% tests passed", run("ctest", "--test-dir", project / "build", "--output-on-failure"))


if __name__ == "__main__":
    unittest.main()
