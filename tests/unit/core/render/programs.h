// The programs that read our files, asked in tests what they make of them.
#pragma once

#include <string>

namespace zprov::render {

struct Outcome {
  int status = 0;      // as the program exited
  std::string output;  // stdout and stderr
};

// Runs the shell command with $FILE naming a file that holds `content` and is gone afterwards.
Outcome RunOn(const std::string& content, const std::string& command);

// A program by its name in PATH or the system's directories.
bool HasProgram(const std::string& name);

}  // namespace zprov::render
