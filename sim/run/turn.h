// Who has the turn: stacks of one thread of which exactly one runs at any time, so that any code
// can wait in the middle of what it does. A turn changes hands a thousand times in a run, and costs
// no system call. Nobody may wait while it handles or throws an exception.
#pragma once

#include <boost/context/fiber.hpp>
#include <functional>

namespace zprov::run {

class Turn {
 public:
  // Of whoever runs already, on the stack that it has.
  Turn() = default;
  // Of `body`, which runs on a stack of its own from the first time that it is given the turn. When
  // it ends, the turn is that of whom it returns; it must have ended when this goes.
  explicit Turn(std::function<Turn&()> body);
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  // Of who has it: `next` goes on, and this one when somebody gives the turn back.
  void GiveTo(Turn& next);

 private:
  struct Stack {
    const void* bottom = nullptr;
    size_t bytes = 0;
  };

  void Leave(Turn& next, void** frames);
  void Arrive(void* frames);

  boost::context::fiber waiting_;  // where it goes on; empty while it has the turn
  Stack stack_;                    // nothing until it first gave its turn away
  Turn* giver_ = nullptr;          // who gave it the turn
};

}  // namespace zprov::run
