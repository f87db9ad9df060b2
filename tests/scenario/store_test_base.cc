#include "scenario/store_test_base.h"

namespace zprov::scenario {

void StoreTest::Start(MakeHost make_host, spec::Mode mode) {
  make_host(world_);
  spec_ = Cluster(mode);
  world_.scene().MakeSubvolume("/x/.zprov", 0700);
  world_.scene().SyncAll();
}

std::vector<std::string> StoreTest::Warnings() const {
  std::vector<std::string> texts;
  for (const engine::Notice& notice : notices_) {
    if (notice.kind == engine::Notice::Kind::kWarning) texts.push_back(notice.text);
  }
  return texts;
}

}  // namespace zprov::scenario
