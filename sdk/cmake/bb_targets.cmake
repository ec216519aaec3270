# bb_targets.cmake - the helpers every CMakeLists.txt here uses: a target names
# its headers, sources and dependencies, and nothing else is inherited.

add_library(bb_warnings INTERFACE)
add_library(bb::warnings ALIAS bb_warnings)
target_compile_options(bb_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
  # GCC 12 sees overlaps and overruns in std::string that cannot be: GCC bug 105651.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow>
  $<$<BOOL:${BB_DEVELOPER_MODE}>:-Werror>)

add_library(bb_sanitizers INTERFACE)
add_library(bb::sanitizers ALIAS bb_sanitizers)
if(BB_SANITIZE)
  target_compile_options(bb_sanitizers INTERFACE -fsanitize=${BB_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  target_link_options(bb_sanitizers INTERFACE -fsanitize=${BB_SANITIZE})
endif()
if(BB_COVERAGE)
  target_compile_options(bb_sanitizers INTERFACE --coverage)
  target_link_options(bb_sanitizers INTERFACE --coverage)
endif()
if(BB_FUZZ)
  target_compile_options(bb_sanitizers INTERFACE -fsanitize=fuzzer-no-link)
endif()

# GCC collects its garbage from 128 MB on at the latest, and a file of ours is read and
# compiled in 100 to 300 MB: side by side, nine files took 36.9 s with collecting and 30.0 s without.
if(BB_DEVELOPER_MODE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:--param=ggc-min-heapsize=524288>)
endif()

# Half of a clean build was reading the same headers again and again, so they are
# read once: measured, 3.9 s -> 3.0 s a source file, 2.5 s -> 1.3 s a test file
# (docs/CONTRIBUTING.md). Clang reads them each time and
# so finds a file that does not include what it uses.
option(BB_PRECOMPILE "read common headers once (GCC)" ON)
if(BB_PRECOMPILE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # ccache needs -fpch-preprocess, and CCACHE_SLOPPINESS (scripts/build). Some
  # libraries ask for the other two: all then must, to share what was read.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess> -pthread -D_LARGEFILE64_SOURCE)
  set(bb_precompile ON)
else()
  set(bb_precompile OFF)
endif()

# bb_precompiled(NAME headers DEPS fmt::fmt HEADERS <string>... OPTIONS -O0 PROGRAM)
# Headers read once for all targets that say target_precompile_headers(... REUSE_FROM bb_NAME);
# PROGRAM where those are programs, else they are libraries.
function(bb_precompiled)
  cmake_parse_arguments(P "PROGRAM" "NAME" "DEPS;HEADERS;OPTIONS" ${ARGN})
  if(NOT bb_precompile)
    return()
  endif()
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled/${P_NAME}.cpp CONTENT "")
  add_library(bb_${P_NAME} OBJECT ${PROJECT_BINARY_DIR}/precompiled/${P_NAME}.cpp)
  bb_target_defaults(bb_${P_NAME})
  if(P_PROGRAM)
    set_target_properties(bb_${P_NAME} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    list(PREPEND P_OPTIONS -fPIE)
  endif()
  target_compile_options(bb_${P_NAME} PRIVATE ${P_OPTIONS})
  target_link_libraries(bb_${P_NAME} PRIVATE ${P_DEPS})
  target_precompile_headers(bb_${P_NAME} PRIVATE ${P_HEADERS})
endfunction()

function(bb_target_defaults target)
  target_compile_features(${target} PRIVATE cxx_std_20 c_std_11)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF C_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:bb::warnings> $<BUILD_INTERFACE:bb::sanitizers>)
endfunction()

# bb_compile_together(TARGET APART wire.cpp)
# Compiles the files of a target some at a time, so that headers are read and templates
# made once for all: a third of the time. Not those APART: they name something of their
# own as another file does. For what is not shipped: it hides a missing #include.
function(bb_compile_together target)
  cmake_parse_arguments(P "" "" "APART" ${ARGN})
  set_source_files_properties(${P_APART} TARGET_DIRECTORY ${target} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
endfunction()

# The same for a target of ours under the sanitizers, which are built for the tests alone;
# elsewhere it is compiled file by file.
function(bb_compile_together_to_check target)
  if(BB_SANITIZE AND NOT BB_FUZZ)
    bb_compile_together(${target} ${ARGN})
  endif()
endfunction()

# bb_library(NAME host SRCS a.cpp DEPS bb::core PRIVATE_DEPS PkgConfig::YAML INCLUDE dir)
# A static library bb::NAME. INCLUDE defaults to sdk/include.
function(bb_library)
  cmake_parse_arguments(P "" "NAME;INCLUDE" "SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  if(NOT P_INCLUDE)
    set(P_INCLUDE ${PROJECT_SOURCE_DIR}/sdk/include)
  endif()
  add_library(bb_${P_NAME} STATIC ${P_SRCS})
  add_library(bb::${P_NAME} ALIAS bb_${P_NAME})
  bb_target_defaults(bb_${P_NAME})
  # Header-only third parties are no concern of who links an installed library.
  list(TRANSFORM P_PRIVATE_DEPS REPLACE "^(nlohmann_json::nlohmann_json|Boost::headers)$" "$<BUILD_INTERFACE:\\1>")
  target_compile_features(bb_${P_NAME} PUBLIC cxx_std_20)
  target_include_directories(bb_${P_NAME} PUBLIC $<BUILD_INTERFACE:${P_INCLUDE}>)
  target_link_libraries(bb_${P_NAME} PUBLIC ${P_DEPS} PRIVATE ${P_PRIVATE_DEPS})
  if(bb_precompile AND "fmt::fmt" IN_LIST P_PRIVATE_DEPS)
    target_precompile_headers(bb_${P_NAME} REUSE_FROM bb_library_headers)
  endif()
endfunction()

# bb_executable(NAME bluebridge SRCS main.cpp DEPS bb::harness)
# A program in <build>/bin.
function(bb_executable)
  cmake_parse_arguments(P "" "NAME" "SRCS;DEPS" ${ARGN})
  add_executable(${P_NAME} ${P_SRCS})
  bb_target_defaults(${P_NAME})
  target_link_libraries(${P_NAME} PRIVATE ${P_DEPS})
  set_target_properties(${P_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endfunction()

# Tests need neither optimisation nor debug information in a release build; they
# would double the time of a clean one. The dev preset has both.
set(bb_test_options $<$<CONFIG:RelWithDebInfo>:-O0> $<$<CONFIG:RelWithDebInfo>:-g0>)

# bb_test(NAME core SRCS a_test.cpp DEPS bb::core LABELS unit TIMEOUT 60 SHARDS 4)
# A GoogleTest program, one CTest entry, order shuffled with a printed seed. SHARDS:
# its tests wait more than they work, and so are run by that many processes.
function(bb_test)
  cmake_parse_arguments(P "" "NAME;TIMEOUT;SHARDS" "SRCS;DEPS;LABELS;ENVIRONMENT" ${ARGN})
  if(NOT P_TIMEOUT)
    set(P_TIMEOUT 120)
  endif()
  add_executable(test_${P_NAME} ${P_SRCS})
  bb_target_defaults(test_${P_NAME})
  target_compile_options(test_${P_NAME} PRIVATE ${bb_test_options})
  target_include_directories(test_${P_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(test_${P_NAME} PRIVATE
    BB_SOURCE_DIR="${PROJECT_SOURCE_DIR}" BB_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_link_libraries(test_${P_NAME} PRIVATE ${P_DEPS} GTest::gmock GTest::gtest_main)
  if(bb_precompile)
    target_precompile_headers(test_${P_NAME} REUSE_FROM bb_test_headers)
  endif()
  set(shards)
  if(P_SHARDS)
    set(shards ${BB_PYTHON} ${PROJECT_SOURCE_DIR}/tests/support/in_shards.py ${P_SHARDS})
  endif()
  add_test(NAME ${P_NAME} COMMAND ${shards} $<TARGET_FILE:test_${P_NAME}> --gtest_shuffle)
  set_tests_properties(${P_NAME} PROPERTIES LABELS "${P_LABELS}" TIMEOUT ${P_TIMEOUT} ENVIRONMENT "${P_ENVIRONMENT}")
endfunction()

# bb_fuzz_target(NAME yaml SRCS yaml_fuzz.cpp DEPS bb::harness CORPUS dir)
# libFuzzer under the fuzz preset; else a plain main that replays the corpus as
# a test, so that fuzz targets never rot.
function(bb_fuzz_target)
  cmake_parse_arguments(P "" "NAME;CORPUS" "SRCS;DEPS" ${ARGN})
  if(NOT BB_FUZZ)
    list(APPEND P_SRCS ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
  endif()
  add_executable(fuzz_${P_NAME} ${P_SRCS})
  bb_target_defaults(fuzz_${P_NAME})
  target_link_libraries(fuzz_${P_NAME} PRIVATE ${P_DEPS})
  if(NOT TARGET fuzz_targets)
    add_custom_target(fuzz_targets)
  endif()
  add_dependencies(fuzz_targets fuzz_${P_NAME})
  if(BB_FUZZ)
    target_link_options(fuzz_${P_NAME} PRIVATE -fsanitize=fuzzer)
  else()
    add_test(NAME fuzz.${P_NAME} COMMAND fuzz_${P_NAME} ${P_CORPUS})
    set_tests_properties(fuzz.${P_NAME} PROPERTIES LABELS "unit;fuzz" TIMEOUT 60)
  endif()
endfunction()
