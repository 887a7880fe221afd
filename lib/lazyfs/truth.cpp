#include "lazyfs/truth.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/text.h"

namespace bytepath::lazyfs {
namespace {

// RFC 4180: what could be taken for a separator stands in quotes, with its quotes doubled. Paths
// may also hold line ends, which would make one event several lines: they are written as a
// backslash and n, and a backslash as two.
std::string in_quotes(std::string_view text) {
  if (text.find_first_of(",\"\n\r\\") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += c;
    if (c == '\n' || c == '\r') {
      out += c == '\n' ? "\\n" : "\\r";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// What two characters stand for.
std::optional<char> escaped(char first, char second) {
  if (first == second) return first;
  if (second == 'n') return '\n';
  if (second == 'r') return '\r';
  return std::nullopt;
}

// Takes one field and the comma behind it; nothing when its quotes do not close.
std::optional<std::string> take_field(std::string_view& rest) {
  std::string out;
  if (!rest.starts_with('"')) {
    const auto comma = std::min(rest.find(','), rest.size());
    out = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    return out;
  }
  rest.remove_prefix(1);
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    const bool doubled = !rest.empty() && rest.front() == c;
    if (c == '"' && !doubled) {
      if (!rest.empty() && rest.front() != ',') return std::nullopt;
      rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
      return out;
    }
    if (c != '"' && c != '\\') {
      out += c;
      continue;
    }
    const auto meant = rest.empty() ? std::nullopt : escaped(c, rest.front());
    if (!meant) return std::nullopt;
    out += *meant;
    rest.remove_prefix(1);
  }
  return std::nullopt;
}

template <class T>
bool take_number(const std::string& text, T& number) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && rest == end;
}

template <class T, std::size_t N>
bool take_name(const std::string& text, const T (&all)[N], T& value) {
  const auto* found = std::ranges::find_if(all, [&](T each) { return name(each) == text; });
  if (found == std::end(all)) return false;
  value = *found;
  return true;
}

constexpr std::size_t columns = 12;

}  // namespace

std::string_view name(Tier tier) {
  switch (tier) {
    case Tier::none:
      return "none";
    case Tier::l1:
      return "l1";
    case Tier::l2:
      return "l2";
    case Tier::joined:
      return "joined";
    case Tier::l3:
      break;
  }
  return "l3";
}

std::string_view name(EventKind kind) {
  switch (kind) {
    case EventKind::read:
      return "read";
    case EventKind::prefetch:
      return "prefetch";
    case EventKind::fetch:
      return "fetch";
    case EventKind::miss:
      return "miss";
    case EventKind::store:
      break;
  }
  return "store";
}

std::string_view truth_header() {
  return "kind,time_ns,path,inode,offset,length,returned,tier,duration_ns,node,injected_ns,"
         "thread\n";
}

std::string to_line(const Event& event) {
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}\n", name(event.kind), event.time_ns,
                     in_quotes(event.path), event.inode, event.offset, event.length, event.returned,
                     name(event.tier), event.duration_ns, in_quotes(event.node), event.injected_ns,
                     event.thread);
}

std::optional<Event> from_line(std::string_view line) {
  std::vector<std::string> fields;
  while (fields.size() < columns) {
    auto field = take_field(line);
    if (!field) return std::nullopt;
    fields.push_back(std::move(*field));
  }
  if (!line.empty()) return std::nullopt;
  Event event;
  const bool right =
      take_name(fields[0], all_event_kinds, event.kind) && take_number(fields[1], event.time_ns) &&
      take_number(fields[3], event.inode) && take_number(fields[4], event.offset) &&
      take_number(fields[5], event.length) && take_number(fields[6], event.returned) &&
      take_name(fields[7], all_tiers, event.tier) && take_number(fields[8], event.duration_ns) &&
      take_number(fields[10], event.injected_ns) && take_number(fields[11], event.thread);
  if (!right) return std::nullopt;
  event.path = std::move(fields[2]);
  event.node = std::move(fields[9]);
  return event;
}

}  // namespace bytepath::lazyfs
