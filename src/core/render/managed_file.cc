#include "core/render/managed_file.h"

namespace zprov::render {
namespace {

struct Contents {
  std::string operator()(const WholeFile& file) const { return file.content; }
  std::string operator()(const SeedFile& file) const { return file.content; }
  std::string operator()(const BlockFile& file) const {
    std::string content;
    for (const Block& block : file.blocks) content += block.content;
    return content;
  }
};

}  // namespace

std::string PlainContent(const ManagedFile& file) { return std::visit(Contents{}, file.body); }

}  // namespace zprov::render
