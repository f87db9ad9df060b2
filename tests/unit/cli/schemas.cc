#include "unit/cli/schemas.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "unit/cli/console.h"

namespace zprov::cli {
namespace {

constexpr char kSchemas[] = "src/cli/schemas/";

}  // namespace

nlohmann::json Schema(const std::string& name) {
  return nlohmann::json::parse(SourceFile(kSchemas + name + ".schema.json"));
}

std::string Faults(const std::string& schema, const std::string& document) {
  const std::string file =
      std::filesystem::temp_directory_path() / ("zprov-json-" + std::to_string(getpid()));
  std::ofstream(file, std::ios::binary) << document;
  const std::string command = std::string(ZPROV_SOURCE_DIR "/tests/support/validate_json ") +
                              ZPROV_SOURCE_DIR "/" + kSchemas + schema + ".schema.json 2>&1 <" +
                              file;
  FILE* pipe = popen(command.c_str(), "r");
  std::string faults;
  std::array<char, 4096> buffer;
  while (const size_t count = fread(buffer.data(), 1, buffer.size(), pipe)) {
    faults.append(buffer.data(), count);
  }
  const int status = pclose(pipe);
  std::filesystem::remove(file);
  if (status != 0 && faults.empty()) return "the validator ended with " + std::to_string(status);
  if (status == 0 && !faults.empty()) return "valid, but: " + faults;
  return faults;
}

}  // namespace zprov::cli
