#include "record/tape.h"

#include <functional>

namespace zprov::record {

void Mappings::Add(const os::FileBytes& file) {
  std::erase_if(mappings_, [](const Mapping& mapping) { return mapping.keeper.expired(); });
  if (!file.bytes.empty()) mappings_.push_back({file.bytes, file.keeper});
}

nlohmann::json Mappings::TextOf(std::string_view bytes) const {
  const std::less_equal<const char*> is_before;  // of any two places, as `<=` alone is not
  for (const Mapping& mapping : mappings_) {
    const char* const begin = mapping.bytes.data();
    const char* const end = begin + mapping.bytes.size();
    const bool is_within =
        is_before(begin, bytes.data()) && is_before(bytes.data() + bytes.size(), end);
    if (!is_within || mapping.keeper.expired()) continue;
    return {{"from", bytes.data() - begin}, {"bytes", bytes.size()}, {"of", mapping.bytes.size()}};
  }
  return std::string(bytes);
}

}  // namespace zprov::record
