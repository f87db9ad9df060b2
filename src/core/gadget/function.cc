#include "core/gadget/function.h"

namespace zprov::gadget {
namespace {

// f_ecm advertises 1514 bytes with header, and hosts since c7159e960f14 hold it to that
// (fixtures/kernels/README.md, "MTU").
constexpr uint32_t kLargestEcmMtu = 1500;

}  // namespace

Function FunctionFor(uint32_t mtu) {
  return mtu > kLargestEcmMtu ? Function::kGeth : Function::kEcm;
}

std::string_view Name(Function function) {
  switch (function) {
    case Function::kEcm:
      return "ecm";
    case Function::kGeth:
      return "geth";
  }
  return "";
}

}  // namespace zprov::gadget
