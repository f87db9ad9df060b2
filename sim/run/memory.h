// What simulated boards take at one boot they drop at the next: whole boot sets.
#pragma once

namespace zprov::run {

// This program keeps what it frees, instead of giving it back to the kernel and being given it
// anew, page by page, at the next boot. For programs that run many simulated boots and nothing
// else.
void KeepFreedMemory();

}  // namespace zprov::run
