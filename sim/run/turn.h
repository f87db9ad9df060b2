// A turn among threads of which exactly one runs at any time: coroutines that any code can wait in.
#pragma once

#include <semaphore>

namespace zprov::run {

class Turn {
 public:
  void Give() { mine_.release(); }
  void Await() { mine_.acquire(); }

 private:
  std::binary_semaphore mine_{0};
};

}  // namespace zprov::run
