# bb_build_tree.cmake - the build tree lies like an installation (programs in
# bin/, connectors in plugins/, data in share/bluebridge/), so that a program
# finds everything from its own place and holds no path of the machine that
# built it.
foreach(folder conformance samples)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share/bluebridge)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${PROJECT_BINARY_DIR}/share/bluebridge/${folder} SYMBOLIC)
endforeach()

# Two components: what is not said to be for developers is "bluebridge".
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME bluebridge)
# What is installed is stripped: debug information names folders of the builder.
install(CODE "set(CMAKE_INSTALL_DO_STRIP TRUE)" ALL_COMPONENTS)
