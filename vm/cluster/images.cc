#include "vm/cluster/images.h"

#include <sysexits.h>

#include <filesystem>
#include <vector>

#include "vm/cluster/child.h"

namespace zprov::vm {

Result<std::string> MakeImages(const ImageOptions& options) {
  const bool is_debian = options.root == "debian";
  const std::string script = is_debian ? "debian" : "bplus";
  std::vector<std::string> words = {options.scripts + "/" + script, options.made + "/" + script};
  if (is_debian) words.push_back(options.made + "/bplus");
  words.push_back(options.made + "/zero");
  std::filesystem::create_directories(options.made);
  ZPROV_ASSIGN(Child make, Child::Start(words, options.log));
  const int exit_code = make.Wait();
  if (exit_code == 0) return options.made + "/" + script;
  const bool has_no_mirror = exit_code == EX_UNAVAILABLE;  // as vm/images/get_packages ends then
  return Fail(has_no_mirror ? ErrorKind::kNotSupported : ErrorKind::kFailed,
              "make the images: " + Tail(options.log));
}

}  // namespace zprov::vm
