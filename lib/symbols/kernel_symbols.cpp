#include "symbols/kernel_symbols.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/file.h"

namespace bytepath::symbols {
namespace {

constexpr std::size_t max_kallsyms_bytes = 256U << 20;
constexpr std::size_t max_modules = 65535;
constexpr std::size_t max_name_bytes = 4096;  // KSYM_NAME_LEN of linux/kallsyms.h is 512

// No function of a kernel is longer, but between its text, its modules and its BPF programs are
// gaps that belong to nobody.
constexpr std::uint64_t max_function_bytes = 1U << 20;

struct Line {
  std::uint64_t address = 0;
  bool is_function = false;
  std::string_view name;
  std::string_view module;  // "[kvm]"; empty: the kernel itself
};

std::optional<Line> parse_line(std::string_view text) {
  Line line;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [rest, error] = std::from_chars(begin, end, line.address, 16);
  if (error != std::errc{} || end - rest < 4 || rest[0] != ' ' || rest[2] != ' ')
    return std::nullopt;
  line.is_function = rest[1] == 't' || rest[1] == 'T' || rest[1] == 'w' || rest[1] == 'W';
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()) + 3);
  const std::size_t tab = text.find('\t');
  line.name = text.substr(0, tab);
  if (tab != std::string_view::npos) line.module = text.substr(tab + 1);
  if (line.name.empty() || line.name.size() > max_name_bytes || line.module.size() > max_name_bytes)
    return std::nullopt;
  return line;
}

// The number of a module in the list, which it is added to. The lines of a module come together.
std::uint16_t number_of(std::string_view module, std::vector<std::string>& modules) {
  auto known = modules.back() == module ? modules.end() - 1 : std::ranges::find(modules, module);
  if (known == modules.end() && modules.size() < max_modules)
    known = modules.insert(known, std::string(module));
  return static_cast<std::uint16_t>(known == modules.end() ? 0 : known - modules.begin());
}

}  // namespace

Result<KernelSymbols> KernelSymbols::read(const Root& root) {
  auto text = read_file(root.at("/proc/kallsyms"), max_kallsyms_bytes);
  if (!text)
    return fail(ErrorKind::unsupported,
                fmt::format("the kernel does not name its functions: {}", text.error().message),
                "a kernel with CONFIG_KALLSYMS has this file, where /proc is mounted");
  return parse(std::move(*text));
}

Result<KernelSymbols> KernelSymbols::parse(std::string text) {
  constexpr std::size_t usual_line_bytes = 44;
  KernelSymbols symbols;
  symbols.text_ = std::move(text);
  symbols.text_.resize(std::min(symbols.text_.size(), max_kallsyms_bytes));
  symbols.modules_.emplace_back("[kernel]");
  symbols.functions_.reserve(symbols.text_.size() / usual_line_bytes);
  std::vector<std::uint64_t> bounds;  // where something begins that is no function
  bool hidden = false;
  std::string_view rest = symbols.text_;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const auto line = parse_line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line) continue;
    hidden |= line->address == 0 && line->is_function;
    if (line->address == 0) continue;  // hidden, or the offset of a variable of each CPU
    if (!line->is_function) {
      bounds.push_back(line->address);
      continue;
    }
    symbols.functions_.push_back(
        {.address = line->address,
         .name_at = static_cast<std::uint32_t>(line->name.data() - symbols.text_.data()),
         .name_bytes = static_cast<std::uint16_t>(line->name.size()),
         .module =
             line->module.empty() ? std::uint16_t{0} : number_of(line->module, symbols.modules_)});
  }
  if (symbols.functions_.empty() && hidden)
    return fail(ErrorKind::denied, "the kernel hides the addresses of its functions",
                "run as root, give CAP_SYSLOG, or set kernel.kptr_restrict=0 and "
                "kernel.perf_event_paranoid=1");
  if (symbols.functions_.empty())
    return fail(ErrorKind::unsupported, "/proc/kallsyms names no function of the kernel");
  std::ranges::sort(bounds);
  symbols.order(bounds);
  return symbols;
}

void KernelSymbols::order(const std::vector<std::uint64_t>& bounds) {
  // The kernel writes its own in order, those of modules not; names lie in the order of the file.
  const auto key = [](const Function& function) {
    return std::pair(function.address, function.name_at);
  };
  if (!std::ranges::is_sorted(functions_, {}, key)) std::ranges::sort(functions_, {}, key);
  auto bound = bounds.begin();
  auto next = functions_.begin();
  for (Function& function : functions_) {
    while (next != functions_.end() && next->address <= function.address) ++next;
    while (bound != bounds.end() && *bound <= function.address) ++bound;
    std::uint64_t bytes = std::min(max_function_bytes, ~function.address);
    if (next != functions_.end()) bytes = std::min(bytes, next->address - function.address);
    if (bound != bounds.end()) bytes = std::min(bytes, *bound - function.address);
    function.bytes = static_cast<std::uint32_t>(bytes);
  }
}

Place KernelSymbols::find(std::uint64_t address) const {
  Place place{.image = modules_.front(), .address = address};
  auto found = std::ranges::upper_bound(functions_, address, {}, &Function::address);
  if (found == functions_.begin()) return place;
  --found;
  if (address - found->address >= found->bytes) return place;
  found = std::ranges::lower_bound(functions_, found->address, {}, &Function::address);
  place.image = modules_[found->module];
  place.function = name_of(*found);
  place.function_address = found->address;
  return place;
}

std::optional<std::uint64_t> KernelSymbols::address_of(std::string_view name) const {
  const auto found = std::ranges::find_if(
      functions_, [&](const Function& function) { return name_of(function) == name; });
  if (found == functions_.end()) return std::nullopt;
  return found->address;
}

}  // namespace bytepath::symbols
