// What a cluster leaves behind for a person who asks what happened: its logs, its captures, and one
// page that tells them by time.
#pragma once

#include <string>

#include "util/result.h"

namespace zprov::vm {

// The logs below a cluster's directory (bplus.h) as one text, by time.
std::string WhatHappened(const std::string& directory);

// Copies logs, texts and captures of that directory to `destination`, made anew, with the page
// what-happened.txt in it; the path of the page. kFailed.
Result<std::string> KeepArtifacts(const std::string& directory, const std::string& destination);

}  // namespace zprov::vm
