#include "sim/run/memory.h"

#include <malloc.h>

namespace zprov::run {

void KeepFreedMemory() {
  constexpr int kWhole = 32 << 20;  // bytes; no file of a boot set is larger (mallopt(3): the most)
  mallopt(M_MMAP_THRESHOLD, kWhole);
  mallopt(M_TRIM_THRESHOLD, 16 * kWhole);
}

}  // namespace zprov::run
