# bb_add_plugin.cmake - builds a connector library the way the ABI asks:
#
#   bb_add_plugin(acme SOURCES acme.cpp MANIFEST acme.bbplugin.yaml
#                 [OUTPUT_NAME acme] [OUTPUT_DIRECTORY dir] [DEPS target...])
#
# One exported symbol (linker version script), hidden visibility, no undefined
# symbols, no library that is not used, no "lib" prefix, manifest copied beside
# the library. The output folder is <build>/plugins unless OUTPUT_DIRECTORY says
# otherwise; the global property BB_PLUGIN_TARGETS lists what was added.
set(bb_plugin_map ${CMAKE_CURRENT_LIST_DIR}/bb_plugin.map)

function(bb_add_plugin name)
  cmake_parse_arguments(P "" "MANIFEST;OUTPUT_NAME;OUTPUT_DIRECTORY" "SOURCES;DEPS" ${ARGN})
  if(NOT P_SOURCES OR NOT P_MANIFEST)
    message(FATAL_ERROR "bb_add_plugin(${name}): SOURCES and MANIFEST are needed")
  endif()
  if(NOT P_OUTPUT_DIRECTORY)
    set(P_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/plugins)
  endif()
  if(NOT P_OUTPUT_NAME)
    set(P_OUTPUT_NAME ${name})
  endif()
  add_library(${name} MODULE ${P_SOURCES})
  target_compile_features(${name} PRIVATE cxx_std_20 c_std_11)
  target_link_libraries(${name} PRIVATE bb::sdk ${P_DEPS})
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
endfunction()
