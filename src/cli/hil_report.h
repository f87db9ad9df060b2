// A run of the acceptance suite as a document: for programs, for CI servers, for people.
#pragma once

#include <optional>
#include <string>

#include "hil/report.h"

namespace zprov::cli {

std::string HilJson(const hil::Report& report);   // schemas/hil.schema.json
std::string HilJunit(const hil::Report& report);  // JUnit XML, as CI servers read it
// One page with everything in it: rows, plan of the rig, each node's last boot.
std::string HilHtml(const hil::Report& report);

using ReportFormat = std::string (*)(const hil::Report&);

// By the file's ending; nothing for one that is not known.
std::optional<ReportFormat> FormatOf(const std::string& file);

}  // namespace zprov::cli
