#include "engine/node_reports.h"

#include <fmt/format.h>

#include <algorithm>

#include "util/path.h"

namespace zprov::engine {
namespace {

// src/node/README.md names them too.
constexpr char kMounted[] = "var/lib/zprov/mounted";
constexpr char kReport[] = "var/lib/zprov/boot.json";
constexpr char kAsk[] = "/var/lib/zprov/ask";
constexpr size_t kNonceDigits = 32;

// Nothing: there is none.
Result<std::optional<std::string>> ReadHostile(os::System& system, const std::string& root,
                                               const char* name) {
  auto text = system.files.ReadConfined(root, name);
  if (text) return std::optional(std::move(*text));
  if (text.error().kind == ErrorKind::kNotFound) return std::optional<std::string>();
  return While("read " + JoinPath(root, name), std::move(text).error());
}

// Whatever lies where the order goes is replaced rather than followed or written into.
Result<void> PutOrder(os::InsideRoot& root, const std::string& text) {
  ZPROV_ASSIGN(const auto present, root.files().Status(kAsk));
  if (present) {
    if (present->type == os::FileType::kDirectory) {
      return Fail(ErrorKind::kIsDirectory, "a directory is in its place: remove it on the node");
    }
    ZPROV_TRY(root.trees().Remove(kAsk));
  }
  return root.files().WriteDraft(kAsk, text, 0600);
}

Result<void> PutOrderIn(os::System& system, const std::string& root, const std::string& text) {
  ZPROV_ASSIGN(const auto inside, system.roots.Open(root));
  auto put = PutOrder(*inside, text);
  if (put || put.error().kind != ErrorKind::kNotFound) return put;
  return Fail(ErrorKind::kNotFound,
              "nobody there would read it: give the node a new root with zprov update");
}

}  // namespace

std::string_view Name(Order order) {
  switch (order) {
    case Order::kHalt:
      return "halt";
    case Order::kReboot:
      return "reboot";
  }
  return "";
}

std::optional<Order> OrderNamed(std::string_view name) {
  for (const Order order : {Order::kHalt, Order::kReboot}) {
    if (Name(order) == name) return order;
  }
  return std::nullopt;
}

bool IsNonce(std::string_view text) {
  const auto is_digit = [](char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
  };
  return text.size() == kNonceDigits && std::all_of(text.begin(), text.end(), is_digit);
}

Result<std::optional<std::string>> MountedNonce(os::System& system, const std::string& root) {
  ZPROV_ASSIGN(const auto text, ReadHostile(system, root, kMounted));
  if (!text || text->size() <= kNonceDigits) return std::optional<std::string>();
  std::string nonce = text->substr(0, kNonceDigits);
  if (*text != nonce + "\n" || !IsNonce(nonce)) {
    return Fail(ErrorKind::kInvalid, JoinPath(root, kMounted) +
                                         " holds no nonce: the node's initramfs writes one, look "
                                         "at who else writes there");
  }
  return std::optional(std::move(nonce));
}

Result<std::optional<BootReport>> ReadBootReport(os::System& system, const std::string& root,
                                                 const std::string& nonce) {
  ZPROV_ASSIGN(const auto text, ReadHostile(system, root, kReport));
  if (!text) return std::optional<BootReport>();
  auto report = ParseBootReport(*text);
  if (!report) return While(JoinPath(root, kReport), std::move(report).error());
  if (report->nonce != nonce) return std::optional<BootReport>();
  return std::optional(std::move(*report));
}

Result<void> Ask(os::System& system, const std::string& root, const std::string& nonce,
                 Order order) {
  auto put = PutOrderIn(system, root, fmt::format("{} {}\n", Name(order), nonce));
  if (put) return {};
  return While(fmt::format("ask for {} in {}", Name(order), root), std::move(put).error());
}

Result<void> Knock(os::System& system, const std::string& root) {
  auto put = PutOrderIn(system, root, "none\n");
  if (put) return {};
  return While("knock in " + root, std::move(put).error());
}

Result<bool> IsTaken(os::System& system, const std::string& root) {
  ZPROV_ASSIGN(const auto inside, system.roots.Open(root));
  ZPROV_ASSIGN(const auto present, inside->files().Status(kAsk));
  return !present.has_value();
}

Result<bool> Withdraw(os::System& system, const std::string& root) {
  ZPROV_ASSIGN(const auto inside, system.roots.Open(root));
  auto removed = inside->trees().Remove(kAsk);
  if (removed) return true;
  if (removed.error().kind == ErrorKind::kNotFound) return false;
  return tl::make_unexpected(std::move(removed).error());
}

}  // namespace zprov::engine
