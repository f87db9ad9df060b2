# Writes what nodes get of src/node/ into one .cc, so that the program needs no file beside it. Sets NODE_SCRIPTS_SOURCE to it.
set(NODE_SCRIPTS_SOURCE ${CMAKE_CURRENT_BINARY_DIR}/node_scripts.cc)
set(rows "")
foreach(name zprov-functions boot-script hook modules drivers.conf zprov-node zprov-node.service)
  set(script ${CMAKE_CURRENT_SOURCE_DIR}/node/${name})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${script})
  file(READ ${script} content)
  string(APPEND rows "    {\"${name}\", R\"zprov(${content})zprov\"},\n")
endforeach()
file(WRITE ${NODE_SCRIPTS_SOURCE}.new "// Made by src/core/node_files/embed.cmake from src/node/.
#include <map>

#include \"core/node_files/node_files.h\"

namespace zprov::node_files {

std::string_view Script(std::string_view name) {
  static const std::map<std::string_view, std::string_view> scripts = {
${rows}  };
  const auto found = scripts.find(name);
  return found == scripts.end() ? std::string_view() : found->second;
}

}  // namespace zprov::node_files
")
file(COPY_FILE ${NODE_SCRIPTS_SOURCE}.new ${NODE_SCRIPTS_SOURCE} ONLY_IF_DIFFERENT)
