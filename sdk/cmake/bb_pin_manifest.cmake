# bb_pin_manifest.cmake - runs when a connector is installed: copies its
# manifest and writes into the copy what the library's SHA-256 is, so that a
# host refuses another file. In: bb_library, bb_manifest, bb_destination,
# bb_platform.
if(NOT IS_ABSOLUTE "${bb_destination}")
  set(bb_destination "${CMAKE_INSTALL_PREFIX}/${bb_destination}")
endif()
get_filename_component(bb_name "${bb_manifest}" NAME)
file(SHA256 "$ENV{DESTDIR}${bb_destination}/${bb_library}" bb_hash)
file(READ "${bb_manifest}" bb_text)
string(REGEX REPLACE "\n+$" "" bb_text "${bb_text}")
file(WRITE "$ENV{DESTDIR}${bb_destination}/${bb_name}" "${bb_text}\nsha256: {${bb_platform}: \"${bb_hash}\"}\n")
message(STATUS "Installing: $ENV{DESTDIR}${bb_destination}/${bb_name}")
list(APPEND CMAKE_INSTALL_MANIFEST_FILES "${bb_destination}/${bb_name}")
