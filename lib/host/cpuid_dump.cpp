#include "host/cpuid_dump.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"

namespace bytepath::host {
namespace {

constexpr std::string_view dump_hint =
    "a dump is the output of `cpuid -r`, or an AIDA64 / InstLatx64 text file";

struct LeafLine {
  LeafKey key;
  bool has_subleaf = true;
  Registers registers;
};

std::optional<std::uint32_t> parse_u32(std::string_view text, int base) {
  if (text.empty() || text.size() > 10) return std::nullopt;
  const auto value = parse_unsigned(text, base);
  if (!value || *value > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

bool consume(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// "0x00000007 0x00: eax=0x00000000 ebx=0x219c91a9 ecx=0x00400004 edx=0x00000000"
std::optional<LeafLine> parse_raw_line(std::string_view line) {
  constexpr std::array<std::string_view, 4> names = {"eax=", "ebx=", "ecx=", "edx="};
  const auto parts = words(line);
  if (parts.size() != 6 || !parts[1].ends_with(':')) return std::nullopt;
  const auto leaf = parse_u32(parts[0], 16);
  const auto subleaf = parse_u32(parts[1].substr(0, parts[1].size() - 1), 16);
  if (!leaf || !subleaf) return std::nullopt;
  std::array<std::uint32_t, 4> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::string_view text = parts[i + 2];
    if (!consume(text, names.at(i))) return std::nullopt;
    const auto value = parse_u32(text, 16);
    if (!value) return std::nullopt;
    values.at(i) = *value;
  }
  return LeafLine{.key = {.leaf = *leaf, .subleaf = *subleaf},
                  .registers = {values[0], values[1], values[2], values[3]}};
}

// "CPUID 00000007: 00000000-219C91A9-00400004-00000000 [SL 00]", the bracket optional.
std::optional<LeafLine> parse_aida_line(std::string_view line) {
  const auto parts = words(line);
  if (parts.size() < 3 || !parts[1].ends_with(':')) return std::nullopt;
  const auto leaf = parse_u32(parts[1].substr(0, parts[1].size() - 1), 16);
  const auto fields = split(parts[2], '-');
  if (!leaf || fields.size() != 4) return std::nullopt;
  std::array<std::uint32_t, 4> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = fields[i].size() == 8 ? parse_u32(fields[i], 16) : std::nullopt;
    if (!value) return std::nullopt;
    values.at(i) = *value;
  }
  LeafLine result{.key = {.leaf = *leaf, .subleaf = 0},
                  .has_subleaf = false,
                  .registers = {values[0], values[1], values[2], values[3]}};
  if (parts.size() >= 5 && parts[3] == "[SL") {
    const auto subleaf = parts[4].ends_with(']')
                             ? parse_u32(parts[4].substr(0, parts[4].size() - 1), 16)
                             : std::nullopt;
    if (!subleaf) return std::nullopt;
    result.key.subleaf = *subleaf;
    result.has_subleaf = true;
  }
  return result;
}

// "CPUID " and 8 hex digits: a leaf and not the prose of an AIDA64 report.
bool looks_like_aida_leaf(std::string_view line) {
  if (!consume(line, "CPUID ")) return false;
  return line.size() >= 8 && parse_u32(line.substr(0, 8), 16).has_value() &&
         line.find_first_not_of("0123456789abcdefABCDEF") >= 8;
}

std::optional<std::uint32_t> leading_number(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  return parse_u32(text.substr(0, digits), 10);
}

// The CPU that a header begins: "CPU 4:", "CPU:", "------[ Logical CPU #4 ]------", "CPU#004 ...".
std::optional<std::uint32_t> parse_header(std::string_view line) {
  if (line == "CPU:") return 0;
  if (line.starts_with("CPU ") && line.ends_with(':')) {
    return parse_u32(trim(line.substr(4, line.size() - 5)), 10);
  }
  if (consume(line, "CPU#")) return leading_number(line);
  constexpr std::string_view logical = "Logical CPU #";
  const std::size_t at = line.find(logical);
  if (!line.starts_with("------[") || at == std::string_view::npos) return std::nullopt;
  return leading_number(line.substr(at + logical.size()));
}

class DumpParser {
 public:
  explicit DumpParser(std::string_view name) : name_(name) {}

  Result<> line(std::string_view text) {
    ++line_number_;
    if (text.size() > max_dump_line) {
      return wrong(
          fmt::format("the line has {} characters, more than {}", text.size(), max_dump_line));
    }
    if (text.find('\0') != std::string_view::npos) return wrong("binary data, not a text dump");
    text = trim(text);
    if (const auto number = parse_header(text)) {
      number_ = *number;
      has_headers_ = true;
      return {};
    }
    if (text.starts_with("0x")) return add(parse_raw_line(text));
    if (looks_like_aida_leaf(text)) return add(parse_aida_line(text));
    return {};
  }

  Result<CpuidDump> finish() {
    if (dump_.cpus.empty()) {
      return fail(ErrorKind::usage, fmt::format("{}: holds no CPUID leaf", name_),
                  std::string(dump_hint));
    }
    for (const LogicalCpu& cpu : dump_.cpus) {
      for (const std::uint32_t leaf : {0U, 1U}) {
        if (cpu.leaves.contains({.leaf = leaf, .subleaf = 0})) continue;
        return fail(ErrorKind::usage,
                    fmt::format("{}: CPU {} has no leaf {}: the dump is cut short", name_,
                                cpu.number, leaf),
                    std::string(dump_hint));
      }
    }
    return std::move(dump_);
  }

 private:
  std::unexpected<Error> wrong(std::string_view what) const {
    return fail(ErrorKind::usage, fmt::format("{}:{}: {}", name_, line_number_, what),
                std::string(dump_hint));
  }

  Result<> add(std::optional<LeafLine> leaf) {
    if (!leaf) return wrong("a CPUID leaf that is cut short or misspelt");
    if (!has_headers_ && leaf->key == LeafKey{} && !current_is_empty()) ++number_;
    if (!select_cpu()) return wrong(fmt::format("more than {} CPUs", max_dump_cpus));
    Leaves& leaves = dump_.cpus[current_].leaves;
    if (!leaf->has_subleaf) leaf->key.subleaf = next_subleaf(leaves, leaf->key.leaf);
    const auto [at, is_new] = leaves.emplace(leaf->key, leaf->registers);
    if (!is_new && at->second != leaf->registers) {
      return wrong(fmt::format("leaf {:#x} subleaf {:#x} of CPU {} is given twice and differs",
                               leaf->key.leaf, leaf->key.subleaf, number_));
    }
    if (leaves.size() > max_leaves_per_cpu) {
      return wrong(fmt::format("more than {} leaves of one CPU", max_leaves_per_cpu));
    }
    return {};
  }

  bool current_is_empty() const { return dump_.cpus.empty(); }

  // Makes number_ the current CPU; a report may come back to a CPU that it has left.
  bool select_cpu() {
    const auto [at, is_new] = index_.emplace(number_, dump_.cpus.size());
    current_ = at->second;
    if (is_new) dump_.cpus.push_back({.number = number_, .leaves = {}});
    return dump_.cpus.size() <= max_dump_cpus;
  }

  static std::uint32_t next_subleaf(const Leaves& leaves, std::uint32_t leaf) {
    const auto after = leaves.upper_bound({.leaf = leaf, .subleaf = UINT32_MAX});
    if (after == leaves.begin()) return 0;
    const LeafKey& last = std::prev(after)->first;
    return last.leaf == leaf ? last.subleaf + 1 : 0;
  }

  std::string name_;
  std::size_t line_number_ = 0;
  bool has_headers_ = false;
  std::uint32_t number_ = 0;
  std::size_t current_ = 0;
  std::map<std::uint32_t, std::size_t> index_;
  CpuidDump dump_;
};

// The leaf whose EAX states the highest leaf of the range that holds this one.
std::uint32_t range_of(std::uint32_t leaf) { return leaf & 0xffff0000U; }

}  // namespace

const Registers* find_leaf(const Leaves& leaves, std::uint32_t leaf, std::uint32_t subleaf) {
  const auto range = leaves.find({.leaf = range_of(leaf), .subleaf = 0});
  if (range == leaves.end() || range->second.eax < leaf) return nullptr;
  const auto at = leaves.find({.leaf = leaf, .subleaf = subleaf});
  return at == leaves.end() ? nullptr : &at->second;
}

Registers leaf_or_zero(const Leaves& leaves, std::uint32_t leaf, std::uint32_t subleaf) {
  const Registers* registers = find_leaf(leaves, leaf, subleaf);
  return registers == nullptr ? Registers{} : *registers;
}

bool leaf_is_missing(const Leaves& leaves, std::uint32_t leaf, std::uint32_t subleaf) {
  const auto range = leaves.find({.leaf = range_of(leaf), .subleaf = 0});
  if (range == leaves.end()) return true;
  return range->second.eax >= leaf && !leaves.contains({.leaf = leaf, .subleaf = subleaf});
}

Result<CpuidDump> parse_dump(std::string_view text, std::string_view name) {
  consume(text, "\xEF\xBB\xBF");
  if (trim(text).empty()) {
    return fail(ErrorKind::usage, fmt::format("{}: the file is empty", name),
                std::string(dump_hint));
  }
  if (text.size() > max_dump_bytes) {
    return fail(ErrorKind::usage,
                fmt::format("{}: {} bytes, more than {}", name, text.size(), max_dump_bytes),
                std::string(dump_hint));
  }
  DumpParser parser(name);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (auto done = parser.line(text.substr(0, end)); !done) {
      return std::unexpected(std::move(done).error());
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parser.finish();
}

std::string format_dump(const CpuidDump& dump) {
  std::string out;
  for (const LogicalCpu& cpu : dump.cpus) {
    out += fmt::format("CPU {}:\n", cpu.number);
    for (const auto& [key, registers] : cpu.leaves) {
      out += fmt::format(
          "   0x{:08x} 0x{:02x}: eax=0x{:08x} ebx=0x{:08x} ecx=0x{:08x} edx=0x{:08x}\n", key.leaf,
          key.subleaf, registers.eax, registers.ebx, registers.ecx, registers.edx);
    }
  }
  return out;
}

}  // namespace bytepath::host
