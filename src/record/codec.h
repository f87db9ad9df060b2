// What the seams of os/ take and give, as JSON and back. One direction alone where a value only
// goes in. Foreign JSON that is no such value: nlohmann's exceptions, or std::invalid_argument.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>

#include "os/system.h"
#include "util/net.h"
#include "util/result.h"

namespace nlohmann {

// Absent is null.
template <typename T>
struct adl_serializer<std::optional<T>> {
  static void to_json(json& to, const std::optional<T>& from) {
    to = from ? json(*from) : json(nullptr);
  }
  static void from_json(const json& from, std::optional<T>& to) {
    to = from.is_null() ? std::nullopt : std::optional<T>(from.get<T>());
  }
};

template <>
struct adl_serializer<std::chrono::nanoseconds> {
  static void to_json(json& to, std::chrono::nanoseconds from) { to = from.count(); }
  static void from_json(const json& from, std::chrono::nanoseconds& to) {
    to = std::chrono::nanoseconds(from.get<int64_t>());
  }
};

}  // namespace nlohmann

namespace zprov {

// Values that people write as text are text here too.
template <typename T>
void TakeText(const nlohmann::json& from, T& to) {
  const auto parsed = T::Parse(from.get<std::string>());
  if (!parsed) throw std::invalid_argument(from.dump() + " has not the form that stands there");
  to = *parsed;
}
inline void to_json(nlohmann::json& to, const Mac& from) { to = from.ToString(); }
inline void from_json(const nlohmann::json& from, Mac& to) { TakeText(from, to); }
inline void to_json(nlohmann::json& to, const Ipv4& from) { to = from.ToString(); }
inline void from_json(const nlohmann::json& from, Ipv4& to) { TakeText(from, to); }
inline void to_json(nlohmann::json& to, const PortPath& from) { to = from.ToString(); }
inline void from_json(const nlohmann::json& from, PortPath& to) { TakeText(from, to); }
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(InterfaceAddress, address, prefix)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Link, index, name, mac, mtu, min_mtu, max_mtu, kind, master,
                                   isolated, up, carrier, usb)

inline void to_json(nlohmann::json& to, const Error& from) {
  to = {{"kind", Name(from.kind)}, {"message", from.message}};
}
inline void from_json(const nlohmann::json& from, Error& to) {
  from.at("message").get_to(to.message);
  const auto name = from.at("kind").get<std::string>();
  for (int i = 0; i <= static_cast<int>(ErrorKind::kIo); ++i) {
    to.kind = static_cast<ErrorKind>(i);
    if (Name(to.kind) == name) return;
  }
  throw std::invalid_argument("no kind of error is called " + name);
}

}  // namespace zprov

namespace zprov::os {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FileStatus, type, mode, uid, gid, size, filesystem, inode,
                                   hard_links, modified_ns, changed_ns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Difference, kind, path, first_modified_ns, first_changed_ns,
                                   second_modified_ns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Comparison, entries, bytes, count, differences)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CopyReport, entries, bytes, kept_newer, not_entered)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Filesystem, type, mount_point, read_only, nosuid, nodev)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Subvolume, id, parent_id, uuid, source_uuid, generation,
                                   read_only)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(NestedSubvolume, id, path)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Space, data_total, data_used, metadata_total, metadata_used)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ChangesQuery, since_ns, most, without)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ChangedFile, path, bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Changes, count, bytes, largest)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ArchiveEntry, name, type, bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HostKey, private_key, public_key)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(LinkChange, name, mac, mtu, master, isolated, up)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(BridgeSettings, mac, mtu)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(LinkAddress, link, address)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PinnedPort, port, mac, address)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunningProcess, pid, command)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TreeUser, process, use, path)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(UsbDevice, port, vendor, product, serial_index, device_class)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(UsbOpened, handle, configuration)

// ---- events: {"link changed": {…}}
inline void to_json(nlohmann::json& to, const DeadlinePassed&) { to = nlohmann::json::object(); }
inline void from_json(const nlohmann::json&, DeadlinePassed&) {}
inline void to_json(nlohmann::json& to, const LinksLost&) { to = nlohmann::json::object(); }
inline void from_json(const nlohmann::json&, LinksLost&) {}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(LinkChanged, name)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ProbeAnswered, probe, alive)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ProcessOutput, process, stream, text)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ProcessEnded, process, exit_code)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SignalCame, number)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(UsbArrived, device)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(UsbLeft, port)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(UsbCompleted, transfer, outcome, transferred, bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ControlLine, connection, uid, line)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ControlClosed, connection)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(BackgroundEnded, job, failure)

// In the order of os::Event's alternatives.
inline constexpr const char* kEventNames[] = {
    "deadline passed", "link changed", "links lost",      "probe answered", "process output",
    "process ended",   "signal",       "usb arrived",     "usb left",       "usb completed",
    "control line",    "control end",  "background ended"};
static_assert(std::size(kEventNames) == std::variant_size_v<Event>);

}  // namespace zprov::os

namespace nlohmann {

template <>
struct adl_serializer<zprov::os::Event> {
  static void to_json(json& to, const zprov::os::Event& from) {
    to = json::object();
    std::visit([&](const auto& event) { to[zprov::os::kEventNames[from.index()]] = event; }, from);
  }
  static void from_json(const json& from, zprov::os::Event& to) { Take<0>(from, to); }

 private:
  template <size_t kIndex>
  static void Take(const json& from, zprov::os::Event& to) {
    if constexpr (kIndex == std::variant_size_v<zprov::os::Event>) {
      throw std::invalid_argument(from.dump() + " is no event");
    } else {
      const auto found = from.find(zprov::os::kEventNames[kIndex]);
      if (found == from.end()) return Take<kIndex + 1>(from, to);
      to = found->template get<std::variant_alternative_t<kIndex, zprov::os::Event>>();
    }
  }
};

}  // namespace nlohmann

namespace zprov::record {

// What a verb of a seam gives: a value, a Result of one, or nothing.
template <typename R>
struct Answer {
  static nlohmann::json ToJson(const R& answer) { return answer; }
  static R FromJson(const nlohmann::json& json) { return json.get<R>(); }
  static R Lost() { return R{}; }
};

template <typename T>
struct Answer<Result<T>> {
  static nlohmann::json ToJson(const Result<T>& answer) {
    if (!answer) return {{"error", answer.error()}};
    if constexpr (std::is_void_v<T>) {
      return "ok";
    } else {
      nlohmann::json json = nlohmann::json::object();
      json["ok"] = *answer;
      return json;
    }
  }
  static Result<T> FromJson(const nlohmann::json& json) {
    if (json.is_object() && json.contains("error")) {
      return tl::make_unexpected(json.at("error").get<Error>());
    }
    if constexpr (std::is_void_v<T>) {
      if (json != "ok") throw std::invalid_argument(json.dump() + " is neither ok nor an error");
      return {};
    } else {
      return json.at("ok").get<T>();
    }
  }
  static Result<T> Lost() { return Fail(ErrorKind::kGone, "the record ends here"); }
};

}  // namespace zprov::record
