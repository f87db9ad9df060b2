// The committed schemas, and the validator that is not ours.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace zprov::cli {

nlohmann::json Schema(const std::string& name);  // of src/cli/schemas

// What python3-jsonschema has against the document; "" when it is valid.
std::string Faults(const std::string& schema, const std::string& document);

}  // namespace zprov::cli
