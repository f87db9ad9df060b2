#include "engine/serve/control_answer.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "engine/serve/control_json.h"
#include "engine/serve/control_request.h"
#include "os/control.h"

namespace zprov::engine {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* kWhat = "an answer of serve";
constexpr size_t kLongestText = 1000;  // bytes; written as JSON at most six times as many
constexpr size_t kMostItems = 65'536;  // of a snapshot; more than any cluster has
constexpr size_t kRoomForFrame = 200;  // bytes of a line that are not its items
constexpr auto kOldest = std::chrono::hours(24 * 365 * 10);  // no uptime is longer

tl::unexpected<Error> BadAnswer(std::string_view what) {
  return Fail(ErrorKind::kInvalid,
              fmt::format("{} {}: use the same zprov as the one that serves", kWhat, what));
}

// ---- written

std::string Text(const std::string& text) { return text.substr(0, kLongestText); }

int64_t AgeOf(os::Moment moment, os::Moment at) {
  return std::chrono::duration_cast<milliseconds>(at - moment).count();
}

json JsonOf(const OrderView& order) {
  return {{"what", Name(order.what)}, {"state", Name(order.state)}, {"text", Text(order.text)}};
}

json JsonOf(const NodeView& view, os::Moment at) {
  json node = {{"node", Text(view.node)},
               {"state", Name(view.state)},
               {"for_ms", AgeOf(view.since, at)},
               {"session", view.session},
               {"file", Text(view.file)},
               {"bytes", view.bytes},
               {"miss", Text(view.miss)},
               {"cause", Text(view.cause)},
               {"step", Text(view.step)},
               {"failures", view.failures},
               {"mtu", view.mtu}};
  if (view.began) node["began_ms"] = AgeOf(*view.began, at);
  if (view.generation) node["generation"] = *view.generation;
  if (view.order) node["order"] = JsonOf(*view.order);
  return node;
}

json JsonOf(const UnknownBoard& board) {
  return {{"port", Text(board.port)},
          {"description", Text(board.description)},
          {"advice", Text(board.advice)}};
}

json JsonOf(const NodeNotice& notice, os::Moment at) {
  return {{"ago_ms", AgeOf(notice.at, at)},
          {"node", Text(notice.node)},
          {"state", Name(notice.state)},
          {"text", Text(notice.text)}};
}

// Lines that fill up with items.
class Lines {
 public:
  void Add(const char* list, json item) {
    const size_t size = DumpControlLine(item).size() + 1;
    if (used_ + size > os::kMaxControlLine - kRoomForFrame) {
      line_["more"] = true;
      Finish();
    }
    used_ += size;
    line_[list].push_back(std::move(item));
  }

  std::vector<std::string> Take() {
    Finish();
    return std::move(lines_);
  }

 private:
  void Finish() {
    lines_.push_back(DumpControlLine(line_));
    line_ = Empty();
    used_ = 0;
  }

  static json Empty() { return {{"zprov", kControlVersion}, {"nodes", json::array()}}; }

  json line_ = Empty();
  size_t used_ = 0;
  std::vector<std::string> lines_;
};

// ---- read: what is missing has its default, what is there must be right

class Fields {
 public:
  explicit Fields(const json& object) : object_(object) {}  // of another type: it has none

  Result<std::string> Text(const char* key) const {
    const auto field = object_.find(key);
    if (field == object_.end()) return std::string();
    if (!field->is_string()) return BadAnswer(fmt::format("has no text as {}", key));
    return field->get<std::string>();
  }

  template <typename Number>
  Result<Number> Of(const char* key) const {
    return UpTo(key, std::numeric_limits<Number>::max());
  }

  // When it was, of what is told as an age.
  Result<os::Moment> Moment(const char* key, os::Moment now) const {
    constexpr int64_t kMost = std::chrono::duration_cast<milliseconds>(kOldest).count();
    ZPROV_ASSIGN(const int64_t age_ms, UpTo(key, kMost));
    return now - milliseconds(age_ms);
  }

  bool Has(const char* key) const { return object_.contains(key); }

  template <typename Value>
  Result<std::optional<Value>> Maybe(const char* key, Result<Value> value) const {
    if (!Has(key)) return std::optional<Value>();
    return std::move(value).map([](Value&& read) { return std::optional(std::move(read)); });
  }

  template <typename Value>
  Result<Value> Named(const char* key, std::optional<Value> (*value_of)(std::string_view)) const {
    ZPROV_ASSIGN(const std::string name, Text(key));
    const auto value = value_of(name);
    if (!value) return BadAnswer(fmt::format("says a {} that is not known", key));
    return *value;
  }

 private:
  template <typename Number>
  Result<Number> UpTo(const char* key, Number most) const {
    const auto field = object_.find(key);
    if (field == object_.end()) return Number{0};
    if (!field->is_number_unsigned() || field->get<uint64_t>() > static_cast<uint64_t>(most)) {
      return BadAnswer(fmt::format("has no number as {}", key));
    }
    return static_cast<Number>(field->get<uint64_t>());
  }

  const json& object_;
};

Result<OrderView> OrderOf(const json& object) {
  const Fields fields(object);
  OrderView order;
  ZPROV_ASSIGN(order.what, fields.Named("what", OrderNamed));
  ZPROV_ASSIGN(order.state, fields.Named("state", OrderStateNamed));
  ZPROV_ASSIGN(order.text, fields.Text("text"));
  return order;
}

Result<NodeView> NodeOf(const json& object, os::Moment now) {
  const Fields fields(object);
  NodeView view;
  ZPROV_ASSIGN(view.node, fields.Text("node"));
  ZPROV_ASSIGN(view.state, fields.Named("state", StateNamed));
  ZPROV_ASSIGN(view.since, fields.Moment("for_ms", now));
  ZPROV_ASSIGN(view.session, fields.Of<int>("session"));
  ZPROV_ASSIGN(view.file, fields.Text("file"));
  ZPROV_ASSIGN(view.bytes, fields.Of<uint64_t>("bytes"));
  ZPROV_ASSIGN(view.miss, fields.Text("miss"));
  ZPROV_ASSIGN(view.cause, fields.Text("cause"));
  ZPROV_ASSIGN(view.step, fields.Text("step"));
  ZPROV_ASSIGN(view.failures, fields.Of<int>("failures"));
  ZPROV_ASSIGN(view.mtu, fields.Of<uint32_t>("mtu"));
  ZPROV_ASSIGN(view.began, fields.Maybe("began_ms", fields.Moment("began_ms", now)));
  ZPROV_ASSIGN(view.generation, fields.Maybe("generation", fields.Of<int>("generation")));
  if (!fields.Has("order")) return view;
  ZPROV_ASSIGN(view.order, OrderOf(object["order"]));
  return view;
}

Result<UnknownBoard> BoardOf(const json& object, os::Moment) {
  const Fields fields(object);
  UnknownBoard board;
  ZPROV_ASSIGN(board.port, fields.Text("port"));
  ZPROV_ASSIGN(board.description, fields.Text("description"));
  ZPROV_ASSIGN(board.advice, fields.Text("advice"));
  return board;
}

Result<NodeNotice> NoticeOf(const json& object, os::Moment now) {
  const Fields fields(object);
  NodeNotice notice;
  ZPROV_ASSIGN(notice.at, fields.Moment("ago_ms", now));
  ZPROV_ASSIGN(notice.node, fields.Text("node"));
  ZPROV_ASSIGN(notice.state, fields.Named("state", StateNamed));
  ZPROV_ASSIGN(notice.text, fields.Text("text"));
  return notice;
}

Result<std::string> WarningOf(const json& text, os::Moment) {
  if (!text.is_string()) return BadAnswer("has a warning that is no text");
  return text.get<std::string>();
}

// Items of the list `key` go behind those of the lines before.
struct Source {
  const json& line;
  os::Moment now;

  template <typename Item>
  Result<void> Append(const char* key, std::vector<Item>& items,
                      Result<Item> (*item_of)(const json&, os::Moment)) const {
    const auto list = line.find(key);
    if (list == line.end()) return {};
    if (!list->is_array() || list->size() + items.size() > kMostItems) {
      return BadAnswer(fmt::format("has no list as {}", key));
    }
    for (const json& object : *list) {
      ZPROV_ASSIGN(Item item, item_of(object, now));
      items.push_back(std::move(item));
    }
    return {};
  }
};

Error ErrorOf(const json& object) {
  const Fields fields(object);
  const auto name = fields.Text("kind");
  const auto message = fields.Text("message");
  Error error{ErrorKind::kFailed, message ? *message : ""};
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::kIo); ++kind) {
    const auto known = static_cast<ErrorKind>(kind);
    if (name && *name == Name(known)) error.kind = known;
  }
  return error;
}

}  // namespace

std::string LineOf(const Error& error) {
  return DumpControlLine(
      {{"zprov", kControlVersion},
       {"error", {{"kind", Name(error.kind)}, {"message", Text(error.message)}}}});
}

std::vector<std::string> LinesOf(const Snapshot& snapshot) {
  Lines lines;
  for (const NodeView& node : snapshot.nodes) lines.Add("nodes", JsonOf(node, snapshot.at));
  for (const UnknownBoard& board : snapshot.unknown) lines.Add("unknown", JsonOf(board));
  for (const std::string& warning : snapshot.warnings) lines.Add("warnings", Text(warning));
  for (const NodeNotice& notice : snapshot.notices) {
    lines.Add("notices", JsonOf(notice, snapshot.at));
  }
  return lines.Take();
}

Result<std::optional<Snapshot>> AnswerReader::Take(std::string_view text, os::Moment now) {
  ZPROV_ASSIGN(const json line, ParseControlLine(kWhat, text));
  if (const auto error = line.find("error"); error != line.end()) {
    return tl::make_unexpected(ErrorOf(*error));
  }
  if (!line.contains("nodes")) return BadAnswer("is neither an error nor a snapshot");
  const Source source{line, now};
  ZPROV_TRY(source.Append("nodes", snapshot_.nodes, NodeOf));
  ZPROV_TRY(source.Append("unknown", snapshot_.unknown, BoardOf));
  ZPROV_TRY(source.Append("warnings", snapshot_.warnings, WarningOf));
  ZPROV_TRY(source.Append("notices", snapshot_.notices, NoticeOf));
  if (line.contains("more")) return std::optional<Snapshot>();
  snapshot_.at = now;
  return std::optional(std::exchange(snapshot_, {}));
}

}  // namespace zprov::engine
