# embed.cmake - makes a header that holds text files as string constants:
#   cmake -DOUT=page_text.hpp -DFILES=page.mustache|page.css -DNAMESPACE=bb::report -P embed.cmake
# page.mustache becomes bb::report::page_mustache.
string(REPLACE "|" ";" FILES "${FILES}")
set(text "// Made by embed.cmake. Do not edit.\n#pragma once\n#include <string_view>\nnamespace ${NAMESPACE} {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(REPLACE "." "_" name ${name})
  file(READ ${file} content)
  string(APPEND text "inline constexpr std::string_view ${name} = R\"__bb__(${content})__bb__\";\n")
endforeach()
string(APPEND text "}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUT} "${text}")
