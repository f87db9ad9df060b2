# Writes the files of fixtures/seed/, and the rig's own spec, into one .cc, so that the simulator needs no file at run time.
# Sets SEED_FILES_SOURCE to it.
set(SEED_FILES_SOURCE ${CMAKE_CURRENT_BINARY_DIR}/seed_files.cc)
file(GLOB seed_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/fixtures/seed/*
     ${PROJECT_SOURCE_DIR}/fixtures/specs/rig.toml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${seed_files})
set(rows "")
foreach(seed_file IN LISTS seed_files)
  get_filename_component(name ${seed_file} NAME)
  file(READ ${seed_file} content)
  string(APPEND rows "    {\"${name}\", R\"zprov(${content})zprov\"},\n")
endforeach()
file(WRITE ${SEED_FILES_SOURCE}.new "// Made by sim/scenarios/seed_files.cmake from fixtures/seed/.
#include \"sim/scenarios/seed_files.h\"

#include <map>
#include <stdexcept>
#include <string>

namespace zprov::sim {

std::string_view SeedFile(std::string_view name) {
  static const std::map<std::string_view, std::string_view> files = {
${rows}  };
  auto found = files.find(name);
  if (found == files.end()) throw std::logic_error(\"no seed file \" + std::string(name));
  return found->second;
}

}  // namespace zprov::sim
")
file(COPY_FILE ${SEED_FILES_SOURCE}.new ${SEED_FILES_SOURCE} ONLY_IF_DIFFERENT)
