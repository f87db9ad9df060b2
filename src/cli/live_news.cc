#include "cli/live_news.h"

#include <ostream>

#include "cli/boot_text.h"

namespace zprov::cli {

LiveNews::LiveNews(const Streams& streams) : streams_(streams) {
  if (streams.err_terminal) table_.emplace(*streams.err_terminal);
}

std::function<void(const engine::Snapshot&)> LiveNews::Show() {
  return [this](const engine::Snapshot& snapshot) {
    if (table_) {
      streams_.err << table_->Draw(snapshot);
    } else {
      for (const engine::NodeNotice& notice : snapshot.notices) streams_.err << NoticeText(notice);
    }
    streams_.err.flush();
  };
}

void LiveNews::End() {
  if (!table_) return;
  streams_.err << table_->Clear();
  streams_.err.flush();
}

}  // namespace zprov::cli
