# bb_install.cmake - what is installed where, the CMake package, pkg-config
# files, man pages and Debian packages.
#
#   bin/                     the programs
#   libexec/bluebridge/      programs that they start
#   lib/bluebridge/plugins/  connectors; fixed, so that programs find it from their own place
#   share/bluebridge/        conformance data and samples
#   include/bb/, lib/, lib/cmake/bluebridge/, lib/pkgconfig/, share/bluebridge/samples/    for developers
#
# Two components, one package each: bluebridge (the default) and dev.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(bb_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/bluebridge)

# Programs that programs start.
if(TARGET bluebridge-connector-host)
  install(TARGETS bluebridge-connector-host RUNTIME DESTINATION libexec/bluebridge)
endif()
# Programs that people call have a man page, made from --help.
foreach(program bluebridge bluebridge-portal bluebridge-pki bluebridge-mailroom bluebridge-record-platform)
  install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  set(page ${PROJECT_BINARY_DIR}/share/man/man1/${program}.1)
  add_custom_command(OUTPUT ${page}
    COMMAND ${BB_PYTHON} ${PROJECT_SOURCE_DIR}/sdk/tools/man_page.py $<TARGET_FILE:${program}> ${PROJECT_VERSION} ${page}
    DEPENDS ${program} ${PROJECT_SOURCE_DIR}/sdk/tools/man_page.py VERBATIM)
  list(APPEND bb_pages ${page})
endforeach()
set(completion ${PROJECT_BINARY_DIR}/share/bash-completion/completions/bluebridge)
add_custom_command(OUTPUT ${completion}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/share/bash-completion/completions
  COMMAND bluebridge completion bash > ${completion}
  DEPENDS bluebridge VERBATIM)
add_custom_target(bb_pages ALL DEPENDS ${bb_pages} ${completion})
install(FILES ${bb_pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${completion} DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)

# Data.
install(DIRECTORY conformance DESTINATION ${CMAKE_INSTALL_DATADIR}/bluebridge)
install(DIRECTORY samples/people samples/records samples/stages samples/targets samples/template DESTINATION ${CMAKE_INSTALL_DATADIR}/bluebridge/samples)
install(DIRECTORY samples/connectors/c samples/connectors/cpp DESTINATION ${CMAKE_INSTALL_DATADIR}/bluebridge/samples/connectors
  COMPONENT dev)
install(DIRECTORY samples/embed-host DESTINATION ${CMAKE_INSTALL_DATADIR}/bluebridge/samples COMPONENT dev)
install(FILES README.md docs/CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/bluebridge)
install(DIRECTORY docs/how-to docs/reference docs/tutorials DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/bluebridge)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/bluebridge RENAME copyright)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/bluebridge-dev RENAME copyright COMPONENT dev)

# Libraries, each with its headers and a component of find_package.
foreach(library abi sdk core host)
  install(DIRECTORY sdk/include/bb/${library} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/bb COMPONENT dev)
  target_include_directories(bb_${library} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set_target_properties(bb_${library} PROPERTIES EXPORT_NAME ${library} OUTPUT_NAME bluebridge-${library})
  install(TARGETS bb_${library} EXPORT bluebridge-${library} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
  install(EXPORT bluebridge-${library} NAMESPACE bb:: DESTINATION ${bb_package_dir} COMPONENT dev)
  get_target_property(type bb_${library} TYPE)
  if(type STREQUAL STATIC_LIBRARY) # which CMake does not strip
    install(CODE "execute_process(COMMAND \"${CMAKE_STRIP}\" --strip-debug
      \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/libbluebridge-${library}.a\" COMMAND_ERROR_IS_FATAL ANY)"
      COMPONENT dev)
  endif()
endforeach()

configure_package_config_file(sdk/cmake/bluebridge-config.cmake.in ${PROJECT_BINARY_DIR}/package/bluebridge-config.cmake
  INSTALL_DESTINATION ${bb_package_dir} PATH_VARS CMAKE_INSTALL_BINDIR NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/bluebridge-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/bluebridge-config.cmake ${PROJECT_BINARY_DIR}/package/bluebridge-config-version.cmake
  sdk/cmake/bb_add_plugin.cmake sdk/cmake/bb_pin_manifest.cmake sdk/cmake/bb_plugin.map
  DESTINATION ${bb_package_dir} COMPONENT dev)

# pkg-config, relocatable through ${pcfiledir}.
file(RELATIVE_PATH bb_pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" bb_pc_prefix "${bb_pc_prefix}")
foreach(library sdk host)
  configure_file(sdk/cmake/bluebridge-${library}.pc.in ${PROJECT_BINARY_DIR}/package/bluebridge-${library}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/package/bluebridge-${library}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
    COMPONENT dev)
endforeach()

# Debian packages: cpack --config build/release/CPackConfig.cmake
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The BlueBridge authors <bluebridge@bluebridge.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "checks whether a health portal keeps the Blue Button pledge")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL bluebridge dev)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENT_BLUEBRIDGE_DESCRIPTION
  "The command bluebridge, its connectors, its suites, and a sample portal with mail servers and certificates to try them on.")
set(CPACK_DEBIAN_BLUEBRIDGE_PACKAGE_NAME bluebridge)
set(CPACK_DEBIAN_BLUEBRIDGE_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_BLUEBRIDGE_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_BLUEBRIDGE_PACKAGE_RECOMMENDS "ca-certificates, poppler-data, poppler-utils")
set(CPACK_COMPONENT_DEV_DESCRIPTION
  "Headers, libraries, CMake package and samples to write connectors or to embed the host.")
set(CPACK_DEBIAN_DEV_PACKAGE_NAME bluebridge-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
  "bluebridge (= ${PROJECT_VERSION}), libcpp-httplib-dev, libfmt-dev, libre2-dev, libssl-dev, libyaml-dev")
set(CPACK_DEBIAN_DEV_PACKAGE_RECOMMENDS "cmake (>= 3.25), g++, pkg-config")
include(CPack)
