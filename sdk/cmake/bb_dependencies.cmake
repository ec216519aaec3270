# bb_dependencies.cmake - every third party, found once. What each is for and
# where its types may appear: docs/style.md.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
if(BB_PROGRAMS)
  find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
  find_package(LibXml2 REQUIRED)
  find_package(ZLIB REQUIRED)
  pkg_check_modules(ARCHIVE REQUIRED IMPORTED_TARGET libarchive)
  pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
  pkg_check_modules(GMIME REQUIRED IMPORTED_TARGET gmime-3.0)
  pkg_check_modules(LDNS REQUIRED IMPORTED_TARGET ldns)
  pkg_check_modules(LBER REQUIRED IMPORTED_TARGET lber)
  pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
  find_path(HPDF_INCLUDE_DIR hpdf.h REQUIRED) # libharu, which has no package file
  find_library(HPDF_LIBRARY hpdf REQUIRED)
  find_path(MUSTACHE_INCLUDE_DIR kainjow/mustache.hpp REQUIRED)
  find_program(BB_PYTHON NAMES /usr/bin/python3 REQUIRED) # man pages; tests
else()
  find_package(Boost 1.74 REQUIRED)
endif()
if(BB_DEVELOPER_MODE AND BB_PROGRAMS)
  find_package(GTest 1.12 REQUIRED)
  find_package(benchmark REQUIRED)
endif()

set(bb_standard_headers <algorithm> <array> <atomic> <chrono> <filesystem> <functional> <map> <memory> <mutex> <optional>
  <set> <string> <string_view> <thread> <unordered_map> <utility> <variant> <vector>)
bb_precompiled(NAME library_headers DEPS fmt::fmt HEADERS ${bb_standard_headers} <fmt/format.h>)
if(BB_DEVELOPER_MODE AND BB_PROGRAMS)
  bb_precompiled(NAME test_headers PROGRAM DEPS GTest::gmock GTest::gtest_main OPTIONS ${bb_test_options}
    HEADERS ${bb_standard_headers} <gmock/gmock.h> <gtest/gtest.h>)
endif()
