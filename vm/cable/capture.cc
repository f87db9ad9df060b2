#include "vm/cable/capture.h"

#include <pcap/pcap.h>

#include <utility>

namespace zprov::vm {

struct Capture::File {
  pcap_t* format = nullptr;
  pcap_dumper_t* dump = nullptr;

  ~File() {
    if (dump != nullptr) pcap_dump_close(dump);
    if (format != nullptr) pcap_close(format);
  }
};

Capture::Capture(std::unique_ptr<File> file) : file_(std::move(file)) {}
Capture::Capture(Capture&&) noexcept = default;
Capture& Capture::operator=(Capture&&) noexcept = default;
Capture::~Capture() = default;

Result<Capture> Capture::To(const std::string& path) {
  constexpr int kLongest = 65535;
  auto file = std::make_unique<File>();
  file->format = pcap_open_dead(DLT_EN10MB, kLongest);
  file->dump = pcap_dump_open(file->format, path.c_str());
  if (file->dump != nullptr) return Capture(std::move(file));
  return Fail(ErrorKind::kFailed, "capture to " + path + ": " + pcap_geterr(file->format));
}

void Capture::Add(const std::string& frame, std::chrono::nanoseconds wall_time) {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(wall_time).count();
  pcap_pkthdr header{};
  header.ts.tv_sec = since / 1'000'000;
  header.ts.tv_usec = since % 1'000'000;
  header.caplen = static_cast<bpf_u_int32>(frame.size());
  header.len = header.caplen;
  pcap_dump(reinterpret_cast<u_char*>(file_->dump), &header,
            reinterpret_cast<const u_char*>(frame.data()));
  pcap_dump_flush(file_->dump);
}

}  // namespace zprov::vm
