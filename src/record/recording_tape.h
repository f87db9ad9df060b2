// A tape that is being written: a bundle's text, whole lines at a time.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "record/tape.h"

namespace zprov::record {

inline constexpr int kFormat = 1;  // of the lines; the first one names it

// What it takes to run the same again.
struct Manifest {
  std::string version;            // of zprov
  std::vector<std::string> args;  // of the command line, without its own name
  int pid = 0;
  uint32_t uid = 0;

  bool operator==(const Manifest&) const = default;
};

// Beyond, nothing more is written. A boot of five nodes takes about 2 MB.
inline constexpr uint64_t kMostBytes = uint64_t{64} << 20;

class RecordingTape final : public Tape {
 public:
  // `out` must outlive it; it gets at most `most` bytes. What was asked before the last wait for an
  // event is in `out`'s file, also after kill -9.
  RecordingTape(std::ostream& out, const Manifest& manifest, uint64_t most = kMostBytes);

  std::optional<nlohmann::json> Recall(const Call& call) override;
  void Keep(const Call& call, const nlohmann::json& answer) override;
  void Reject(const Call&, const std::string&) override {}

  void End(int exit_code);
  // Why what was recorded is not all; empty: it is.
  std::string Trouble() const;

 private:
  void Write(const std::string& text);
  bool IsAsBefore(const Call& call, const std::string& answer);

  std::ostream& out_;
  uint64_t most_;
  uint64_t bytes_ = 0;
  bool is_full_ = false;
  std::map<std::string, std::pair<size_t, size_t>> last_;  // question → its answer's hash and size
};

}  // namespace zprov::record
