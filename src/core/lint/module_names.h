// The kernel modules of a listing or of modules.builtin and modules.dep, by the names that the
// kernel has for them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/lint/checks.h"

namespace zprov::lint {

// "kernel/drivers/usb/gadget/function/usb-f-ecm.ko.xz" → "usb_f_ecm"; empty: no module.
std::string ModuleName(std::string_view path);

// The names in modules.builtin, or before the colons of modules.dep.
std::set<std::string> ModulesListed(std::string_view text);

// By version: what lies in lib/modules/VERSION/ of a listing.
std::map<std::string, std::set<std::string>> ModulesByVersion(const std::set<std::string>& names);

// The readable ones that the node's config.txt names, as far as they are there.
std::vector<const Initramfs*> InitramfsOf(const Subject& subject);

// Of the kernel's version, or of any when it is unknown.
std::set<std::string> ModulesInInitramfs(const Subject& subject);

}  // namespace zprov::lint
