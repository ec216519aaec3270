"""Inside another project, BlueBridge is its libraries alone: no tests, no programs, no -Werror."""
import json
import pathlib
import shutil
import tempfile
import unittest

from installed import SOURCE, run


class SubprojectTest(unittest.TestCase):
    def configure(self, *options):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="bb-subproject-"))
        self.addCleanup(shutil.rmtree, folder)
        (folder / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(outer LANGUAGES C CXX)\nenable_testing()\n"
            f"add_subdirectory({SOURCE} bluebridge)\n"
            "add_executable(outer main.cpp)\ntarget_link_libraries(outer PRIVATE bb::sdk)\n")
        (folder / "main.cpp").write_text("#include <bb/sdk/connector.hpp>\nint main() { return BB_OK; }\n")
        run("cmake", "-G", "Ninja", "-S", folder, "-B", folder / "build", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", *options,
            CI="true")  # as in the continuous integration of somebody else
        return folder / "build"

    @staticmethod
    def compiled(build):
        commands = json.loads((build / "compile_commands.json").read_text())
        ours = [one for one in commands if one["file"].startswith(f"{SOURCE}/")]
        return {pathlib.Path(one["file"]).relative_to(SOURCE).parts[:3] for one in ours}, " ".join(one["command"] for one in ours)

    def test_brings_its_libraries_alone(self):
        build = self.configure()
        folders, commands = self.compiled(build)
        self.assertEqual(folders, {("sdk", "src", "core"), ("sdk", "src", "host")})
        self.assertNotIn("-Werror", commands)
        self.assertIn("Total Tests: 0", run("ctest", "--test-dir", build, "-N"))
        run("cmake", "--build", build, "--target", "outer")
        run(build / "outer")
        run("cmake", "--install", build, "--prefix", build / "prefix")
        self.assertFalse((build / "prefix").exists() and any((build / "prefix").rglob("*")))

    def test_brings_more_only_when_asked(self):
        folders, commands = self.compiled(self.configure("-DBB_DEVELOPER_MODE=ON", "-DBB_PROGRAMS=ON"))
        self.assertIn("-Werror", commands)
        self.assertIn(("harness", "cli", "main.cpp"), folders)


if __name__ == "__main__":
    unittest.main()
