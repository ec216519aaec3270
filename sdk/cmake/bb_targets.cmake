# bb_targets.cmake - the helpers every CMakeLists.txt here uses: a target names
# its headers, sources and dependencies, and nothing else is inherited.

add_library(bb_warnings INTERFACE)
add_library(bb::warnings ALIAS bb_warnings)
target_compile_options(bb_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
  # GCC 12 at -O3 sees overlaps in std::string that cannot be: GCC bug 105651.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
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

function(bb_target_defaults target)
  target_compile_features(${target} PRIVATE cxx_std_20 c_std_11)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF C_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:bb::warnings> $<BUILD_INTERFACE:bb::sanitizers>)
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

# bb_test(NAME core SRCS a_test.cpp DEPS bb::core LABELS unit TIMEOUT 60)
# A GoogleTest program, one CTest entry, order shuffled with a printed seed.
function(bb_test)
  cmake_parse_arguments(P "" "NAME;TIMEOUT" "SRCS;DEPS;LABELS;ENVIRONMENT" ${ARGN})
  if(NOT P_TIMEOUT)
    set(P_TIMEOUT 120)
  endif()
  add_executable(test_${P_NAME} ${P_SRCS})
  bb_target_defaults(test_${P_NAME})
  # Tests need no optimisation; it would double the time of a clean build.
  target_compile_options(test_${P_NAME} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O0>)
  target_include_directories(test_${P_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(test_${P_NAME} PRIVATE
    BB_SOURCE_DIR="${PROJECT_SOURCE_DIR}" BB_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_link_libraries(test_${P_NAME} PRIVATE ${P_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${P_NAME} COMMAND test_${P_NAME} --gtest_shuffle)
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
