// A line from the control socket: a request that says the same when it is written again, or a
// refusal with a sentence.
#include "engine/serve/control_request.h"
#include "fuzz/property.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zprov;
  const auto request = engine::ParseControlRequest(fuzz::TextOf(data, size));
  if (!request) {
    ZPROV_HOLDS(request.error().kind == ErrorKind::kInvalid && !request.error().message.empty());
    return 0;
  }
  const auto again = engine::ParseControlRequest(engine::LineOf(*request));
  ZPROV_HOLDS(again.has_value() && again->verb == request->verb);
  ZPROV_HOLDS(again->nodes.size() == request->nodes.size());
  return 0;
}
