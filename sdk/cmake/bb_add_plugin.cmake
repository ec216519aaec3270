# bb_add_plugin.cmake - builds a connector library the way the ABI asks:
#
#   bb_add_plugin(acme SOURCES acme.cpp MANIFEST acme.bbplugin.yaml
#                 [OUTPUT_NAME acme] [OUTPUT_DIRECTORY dir] [INSTALL_DESTINATION dir] [DEPS target...] [NO_ABI_TEST])
#
# One exported symbol (linker version script), hidden visibility, no undefined
# symbols, no library that is not used, no "lib" prefix, manifest copied beside
# the library. The output folder is <build>/plugins unless OUTPUT_DIRECTORY says
# otherwise; the global property BB_PLUGIN_TARGETS lists what was added.
#
# `cmake --install` puts both into INSTALL_DESTINATION, lib/bluebridge/plugins
# unless told, and writes the library's SHA-256 into the installed manifest: do
# not change the library after that. A library with an OUTPUT_DIRECTORY of its
# own is installed only where INSTALL_DESTINATION says so.
#
# Adds the test acme.abi, which runs `bluebridge connector test` on the library,
# with the acme.connector-test.yaml beside the manifest where there is one, and
# is skipped where something could not be judged. NO_ABI_TEST leaves it out; so
# does a BlueBridge without programs.
set(bb_plugin_map ${CMAKE_CURRENT_LIST_DIR}/bb_plugin.map)

function(bb_add_plugin name)
  cmake_parse_arguments(P "NO_ABI_TEST" "MANIFEST;OUTPUT_NAME;OUTPUT_DIRECTORY;INSTALL_DESTINATION" "SOURCES;DEPS" ${ARGN})
  if(NOT P_SOURCES OR NOT P_MANIFEST)
    message(FATAL_ERROR "bb_add_plugin(${name}): SOURCES and MANIFEST are needed")
  endif()
  if(P_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "bb_add_plugin(${name}): unknown argument '${P_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT P_OUTPUT_DIRECTORY)
    set(P_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/plugins)
    if(NOT P_INSTALL_DESTINATION)
      set(P_INSTALL_DESTINATION lib/bluebridge/plugins)
    endif()
  endif()
  if(NOT P_OUTPUT_NAME)
    set(P_OUTPUT_NAME ${name})
  endif()
  add_library(${name} MODULE ${P_SOURCES})
  # A connector in C alone needs no C++ compiler.
  if(P_SOURCES MATCHES "\\.(cc|cpp|cxx)(;|$)")
    target_compile_features(${name} PRIVATE cxx_std_20)
    target_link_libraries(${name} PRIVATE bb::sdk)
  else()
    target_compile_features(${name} PRIVATE c_std_11)
    target_link_libraries(${name} PRIVATE bb::abi)
  endif()
  target_link_libraries(${name} PRIVATE ${P_DEPS})
  if(TARGET bb::warnings)
    target_link_libraries(${name} PRIVATE bb::warnings bb::sanitizers)
  endif()
  set_target_properties(${name} PROPERTIES PREFIX "" OUTPUT_NAME ${P_OUTPUT_NAME}
    C_EXTENSIONS OFF CXX_EXTENSIONS OFF C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON LINK_DEPENDS ${bb_plugin_map} LIBRARY_OUTPUT_DIRECTORY ${P_OUTPUT_DIRECTORY})
  target_link_options(${name} PRIVATE "LINKER:--version-script=${bb_plugin_map}" "LINKER:--as-needed")
  # clang leaves the sanitizer runtime of a shared library to the program.
  if(NOT (BB_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES "Clang"))
    target_link_options(${name} PRIVATE "LINKER:-z,defs")
  endif()
  get_filename_component(manifest ${P_MANIFEST} ABSOLUTE)
  get_filename_component(manifest_name ${P_MANIFEST} NAME)
  add_custom_command(OUTPUT ${P_OUTPUT_DIRECTORY}/${manifest_name}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${P_OUTPUT_DIRECTORY}
    COMMAND ${CMAKE_COMMAND} -E copy ${manifest} ${P_OUTPUT_DIRECTORY}/${manifest_name}
    DEPENDS ${manifest} VERBATIM)
  add_custom_target(${name}_manifest ALL DEPENDS ${P_OUTPUT_DIRECTORY}/${manifest_name})
  add_dependencies(${name} ${name}_manifest)
  set_property(GLOBAL APPEND PROPERTY BB_PLUGIN_TARGETS ${name})
  if(P_INSTALL_DESTINATION)
    bb_install_plugin(${name} ${manifest} ${P_INSTALL_DESTINATION})
  endif()
  if(BB_BLUEBRIDGE AND NOT P_NO_ABI_TEST)
    bb_test_plugin(${name} ${manifest})
  endif()
endfunction()

function(bb_test_plugin name manifest)
  get_filename_component(folder ${manifest} DIRECTORY)
  get_filename_component(manifest_name ${manifest} NAME)
  string(REPLACE ".bbplugin.yaml" "" stem ${manifest_name})
  set(setup)
  foreach(file ${stem}.connector-test.yaml connector-test.yaml)
    if(NOT setup AND EXISTS ${folder}/${file})
      set(setup --setup ${folder}/${file})
    endif()
  endforeach()
  add_test(NAME ${name}.abi COMMAND ${BB_BLUEBRIDGE} connector test $<TARGET_FILE:${name}> ${setup})
  # 3: nothing failed, and something could not be judged
  set_tests_properties(${name}.abi PROPERTIES LABELS abi TIMEOUT 300 SKIP_RETURN_CODE 3)
endfunction()

function(bb_install_plugin name manifest destination)
  file(STRINGS ${manifest} pinned REGEX "^sha256:")
  if(pinned)
    message(FATAL_ERROR "bb_add_plugin(${name}): 'sha256' is written when the connector is installed; take it out of ${manifest}")
  endif()
  install(TARGETS ${name} LIBRARY DESTINATION ${destination})
  install(CODE "set(bb_library \"$<TARGET_FILE_NAME:${name}>\")
  set(bb_manifest \"${manifest}\")
  set(bb_destination \"${destination}\")
  set(bb_platform \"linux-${CMAKE_SYSTEM_PROCESSOR}\")
  include(\"${CMAKE_CURRENT_FUNCTION_LIST_DIR}/bb_pin_manifest.cmake\")")
endfunction()
