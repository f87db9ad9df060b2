#include "adapters/usb_transcript.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <array>
#include <charconv>
#include <utility>

#include "util/strings.h"

namespace zprov::adapters {
namespace {

constexpr std::string_view kHead = "zprov usb transcript 1\n";
constexpr size_t kMostInFull = 64;      // bytes of a bulk transfer that are written out
constexpr size_t kFewestZeros = 8;      // at the end of bytes, that are written as their number
constexpr size_t kMostZeros = 1 << 16;  // a control transfer's bytes
constexpr os::Moment kSecond = std::chrono::seconds(1);

constexpr std::array kKinds = {ErrorKind::kInvalid,      ErrorKind::kNotFound,
                               ErrorKind::kExists,       ErrorKind::kNotEmpty,
                               ErrorKind::kNotDirectory, ErrorKind::kIsDirectory,
                               ErrorKind::kPermission,   ErrorKind::kReadOnly,
                               ErrorKind::kNoSpace,      ErrorKind::kBusy,
                               ErrorKind::kCrossDevice,  ErrorKind::kOutOfRange,
                               ErrorKind::kNotSupported, ErrorKind::kTooLarge,
                               ErrorKind::kEscapes,      ErrorKind::kTimedOut,
                               ErrorKind::kGone,         ErrorKind::kRefused,
                               ErrorKind::kFailed,       ErrorKind::kIo};

constexpr std::array<std::pair<os::UsbOutcome, std::string_view>, 6> kOutcomes = {{
    {os::UsbOutcome::kDone, "done"},
    {os::UsbOutcome::kTimedOut, "timed-out"},
    {os::UsbOutcome::kStalled, "stalled"},
    {os::UsbOutcome::kGone, "gone"},
    {os::UsbOutcome::kCancelled, "cancelled"},
    {os::UsbOutcome::kFailed, "failed"},
}};

// ---- writing

// "01a0+8": and eight zeros, as a board's request for a file ends.
std::string Hex(std::string_view bytes) {
  if (bytes.empty()) return "-";
  const size_t zeros = bytes.size() - (bytes.find_last_not_of('\0') + 1);
  const bool are_counted = zeros >= kFewestZeros;
  if (are_counted) bytes.remove_suffix(zeros);
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return are_counted ? fmt::format("{}+{}", text, zeros) : text;
}

std::string BulkText(std::string_view bytes) {
  if (bytes.size() <= kMostInFull) return Hex(bytes);
  const XXH128_hash_t hash = ::XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("xxh3:{:016x}{:016x}", hash.high64, hash.low64);
}

struct TransferText {
  std::string operator()(const os::ControlOut& out) const {
    return fmt::format("control {:02x} {:x} {:x} {:x}", out.request_type, out.request, out.value,
                       out.index);
  }
  std::string operator()(const os::ControlIn& in) const {
    return fmt::format("control {:02x} {:x} {:x} {:x} for {}", in.request_type, in.request,
                       in.value, in.index, in.length);
  }
  std::string operator()(const os::BulkOut& bulk) const {
    return fmt::format("bulk {:x} {} bytes {}", bulk.endpoint, bulk.bytes.size(),
                       BulkText(bulk.bytes));
  }
};

std::string DeviceText(const os::UsbDevice& device) {
  return fmt::format("{} {:04x}:{:04x} serial {} class {}", device.port.ToString(), device.vendor,
                     device.product, device.serial_index, device.device_class);
}

struct EventText {
  std::string operator()(const os::UsbArrived& arrived) const {
    return "arrived " + DeviceText(arrived.device);
  }
  std::string operator()(const os::UsbLeft& left) const { return "left " + left.port.ToString(); }
  std::string operator()(const OtherEvent&) const { return "other"; }
  std::string operator()(const os::UsbCompleted& completed) const {
    std::string_view outcome;
    for (const auto& [kind, name] : kOutcomes) {
      if (kind == completed.outcome) outcome = name;
    }
    return fmt::format("completed {} {} {} {}", completed.transfer, outcome, completed.transferred,
                       Hex(completed.bytes));
  }
};

struct AnswerText {
  std::string operator()(const Done&) const { return "ok"; }
  std::string operator()(const OpenedHandle& opened) const {
    return fmt::format("handle {} configuration {}", opened.handle, Hex(opened.configuration));
  }
  std::string operator()(const BegunTransfer& begun) const {
    return fmt::format("transfer {}", begun.transfer);
  }
  std::string operator()(const SeenDevices& seen) const {
    std::string text = fmt::format("devices {}", seen.devices.size());
    for (const os::UsbDevice& device : seen.devices) text += ", " + DeviceText(device);
    return text;
  }
  std::string operator()(const Error& error) const {
    return fmt::format("error {}: {}", Name(error.kind), error.message);
  }
};

// ---- reading

template <typename Number>
std::optional<Number> NumberIn(std::string_view text, int base) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::string> BytesIn(std::string_view text) {
  if (text == "-") return std::string();
  const size_t plus = text.find('+');
  unsigned long zeros = 0;
  if (plus != std::string_view::npos) {
    const auto number = ParseNumber(text.substr(plus + 1), kMostZeros);
    if (!number) return std::nullopt;
    zeros = *number;
    text = text.substr(0, plus);
  }
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (size_t at = 0; at < text.size(); at += 2) {
    const auto byte = NumberIn<uint8_t>(text.substr(at, 2), 16);
    if (!byte) return std::nullopt;
    bytes += static_cast<char>(*byte);
  }
  bytes.append(zeros, '\0');
  return bytes;
}

std::optional<os::Moment> MomentIn(std::string_view text) {
  constexpr size_t kDigits = 9;
  constexpr unsigned long kLongest = 1'000'000'000;  // seconds: thirty years
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos || text.size() != dot + 1 + kDigits) return std::nullopt;
  const auto seconds = ParseNumber(text.substr(0, dot), kLongest);
  const auto rest = ParseNumber(text.substr(dot + 1), 999'999'999);
  if (!seconds || !rest) return std::nullopt;
  return kSecond * static_cast<int64_t>(*seconds) + os::Moment(static_cast<int64_t>(*rest));
}

// "1-1.2 0a5c:2763 serial 0 class 0"
std::optional<os::UsbDevice> DeviceIn(std::string_view text) {
  const auto words = Words(text);
  if (words.size() != 6 || words[1].size() != 9 || words[1][4] != ':') return std::nullopt;
  if (words[2] != "serial" || words[4] != "class") return std::nullopt;
  const auto port = PortPath::Parse(words[0]);
  const auto vendor = NumberIn<uint16_t>(words[1].substr(0, 4), 16);
  const auto product = NumberIn<uint16_t>(words[1].substr(5), 16);
  const auto serial = NumberIn<uint8_t>(words[3], 10);
  const auto device_class = NumberIn<uint8_t>(words[5], 10);
  if (!port || !vendor || !product || !serial || !device_class) return std::nullopt;
  return os::UsbDevice{*port, *vendor, *product, *serial, *device_class};
}

std::optional<UsbEvent> CompletedIn(const std::vector<std::string_view>& words) {
  if (words.size() != 5) return std::nullopt;
  const auto transfer = NumberIn<os::UsbTransferId>(words[1], 10);
  const auto transferred = NumberIn<uint32_t>(words[3], 10);
  auto bytes = BytesIn(words[4]);
  if (!transfer || !transferred || !bytes) return std::nullopt;
  for (const auto& [kind, name] : kOutcomes) {
    if (name == words[2]) {
      return os::UsbCompleted{*transfer, kind, *transferred, std::move(*bytes)};
    }
  }
  return std::nullopt;
}

std::optional<UsbEvent> EventIn(std::string_view text) {
  const auto words = Words(text);
  if (words.empty()) return std::nullopt;
  if (words[0] == "completed") return CompletedIn(words);
  if (text == "other") return OtherEvent{};
  if (words[0] == "left" && words.size() == 2) {
    const auto port = PortPath::Parse(words[1]);
    if (port) return os::UsbLeft{*port};
  }
  if (words[0] == "arrived") {
    const auto device = DeviceIn(text.substr(words[0].size()));
    if (device) return os::UsbArrived{*device};
  }
  return std::nullopt;
}

std::optional<UsbAnswer> DevicesIn(std::string_view text) {
  const auto parts = Split(text, ',');
  const auto first = Words(parts[0]);
  if (first.size() != 2) return std::nullopt;
  SeenDevices seen;
  for (size_t i = 1; i < parts.size(); ++i) {
    const auto device = DeviceIn(parts[i]);
    if (!device) return std::nullopt;
    seen.devices.push_back(*device);
  }
  if (NumberIn<size_t>(first[1], 10) != seen.devices.size()) return std::nullopt;
  return seen;
}

std::optional<UsbAnswer> ErrorIn(std::string_view text) {
  for (const ErrorKind kind : kKinds) {
    const std::string head = fmt::format("error {}: ", Name(kind));
    if (text.starts_with(head)) return Error{kind, std::string(text.substr(head.size()))};
  }
  return std::nullopt;
}

std::optional<UsbAnswer> AnswerIn(std::string_view text) {
  if (text == "ok") return Done{};
  if (text.starts_with("error ")) return ErrorIn(text);
  if (text.starts_with("devices ")) return DevicesIn(text);
  const auto words = Words(text);
  if (words.size() == 2 && words[0] == "transfer") {
    const auto transfer = NumberIn<os::UsbTransferId>(words[1], 10);
    if (transfer) return BegunTransfer{*transfer};
  }
  if (words.size() == 4 && words[0] == "handle" && words[2] == "configuration") {
    const auto handle = NumberIn<os::UsbHandle>(words[1], 10);
    auto configuration = BytesIn(words[3]);
    if (handle && configuration) return OpenedHandle{*handle, std::move(*configuration)};
  }
  return std::nullopt;
}

std::optional<UsbLine> LineIn(std::string_view text) {
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto at = MomentIn(text.substr(0, space));
  const std::string_view rest = text.substr(space + 1);
  if (!at) return std::nullopt;
  if (rest.starts_with("* ")) {
    auto event = EventIn(rest.substr(2));
    if (!event) return std::nullopt;
    return UsbLine{*at, std::move(*event)};
  }
  const size_t is = rest.find(" = ");
  if (is == std::string_view::npos || is == 0) return std::nullopt;
  auto answer = AnswerIn(rest.substr(is + 3));
  if (!answer) return std::nullopt;
  return UsbLine{*at, UsbCall{std::string(rest.substr(0, is)), std::move(*answer)}};
}

}  // namespace

std::string SubmitText(os::UsbHandle handle, const os::UsbTransfer& transfer) {
  return fmt::format("submit {} {} timeout {}", handle, std::visit(TransferText{}, transfer.what),
                     transfer.timeout.count());
}

std::string PowerText(const PortPath& port, os::UsbBus::PortPower power) {
  return fmt::format("power {} {}", port.ToString(),
                     power == os::UsbBus::PortPower::kOn ? "on" : "off");
}

std::string ClaimText(os::UsbHandle handle, uint8_t interface_number) {
  return fmt::format("claim {} interface {}", handle, interface_number);
}

std::string TranscriptHead() { return std::string(kHead); }

std::string Format(const UsbLine& line) {
  const std::string at = fmt::format("{}.{:09d} ", line.at / kSecond, (line.at % kSecond).count());
  if (const auto* event = std::get_if<UsbEvent>(&line.what)) {
    return at + "* " + std::visit(EventText{}, *event) + "\n";
  }
  const auto& call = std::get<UsbCall>(line.what);
  return at + call.call + " = " + std::visit(AnswerText{}, call.answer) + "\n";
}

Result<std::vector<UsbLine>> ParseTranscript(std::string_view text) {
  if (!text.starts_with(kHead)) {
    return Fail(ErrorKind::kInvalid, "it does not begin as a transcript of version 1: record anew");
  }
  std::vector<UsbLine> lines;
  size_t number = 1;
  for (std::string_view each : LinesWithEndings(text.substr(kHead.size()))) {
    ++number;
    auto line = each.ends_with('\n') ? LineIn(each.substr(0, each.size() - 1)) : std::nullopt;
    if (!line || Format(*line) != each) {
      return Fail(
          ErrorKind::kInvalid,
          fmt::format("line {} is none of a transcript: correct it or record anew", number));
    }
    lines.push_back(std::move(*line));
  }
  return lines;
}

std::optional<UsbEvent> Noted(const os::Event& event) {
  if (const auto* arrived = std::get_if<os::UsbArrived>(&event)) return *arrived;
  if (const auto* left = std::get_if<os::UsbLeft>(&event)) return *left;
  if (const auto* completed = std::get_if<os::UsbCompleted>(&event)) return *completed;
  if (std::holds_alternative<os::DeadlinePassed>(event)) return std::nullopt;
  return OtherEvent{};
}

}  // namespace zprov::adapters
