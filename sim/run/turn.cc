#include "sim/run/turn.h"

#include <boost/context/protected_fixedsize_stack.hpp>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace zprov::run {
namespace {

namespace context = boost::context;

constexpr size_t kStackBytes = 1 << 20;  // of a whole command; what it does not touch costs nothing

// AddressSanitizer still marks what belonged to a stack that was there before.
void ForgetMarks(const context::stack_context& stack) {
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(static_cast<const char*>(stack.sp) - stack.size, stack.size);
#else
  static_cast<void>(stack);
#endif
}

}  // namespace

Turn::Turn(std::function<Turn&()> body) {
  context::protected_fixedsize_stack stacks(kStackBytes);
  const context::stack_context stack = stacks.allocate();
  ForgetMarks(stack);
  stack_ = {static_cast<const char*>(stack.sp) - stack.size, stack.size};
  waiting_ = context::fiber(std::allocator_arg, context::preallocated(stack.sp, stack.size, stack),
                            stacks, [this, body = std::move(body)](context::fiber&&) {
                              Arrive(nullptr);
                              Turn& next = body();
                              Leave(next, nullptr);
                              return std::move(next.waiting_);
                            });
}

void Turn::GiveTo(Turn& next) {
  void* frames = nullptr;
  Leave(next, &frames);
  std::move(next.waiting_).resume_with([this](context::fiber&& me) {
    waiting_ = std::move(me);
    return context::fiber();
  });
  Arrive(frames);
}

// AddressSanitizer must know which stack it looks at. `frames`: nothing when this one never comes
// back.
void Turn::Leave(Turn& next, void** frames) {
  next.giver_ = this;
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(frames, next.stack_.bottom, next.stack_.bytes);
#else
  static_cast<void>(frames);
#endif
}

void Turn::Arrive(void* frames) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(frames, &giver_->stack_.bottom, &giver_->stack_.bytes);
#else
  static_cast<void>(frames);
#endif
}

}  // namespace zprov::run
