#include "symbols/function_table.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace bytepath::symbols {
namespace {

// The end of what begins at start and has that many bytes, within limit.
std::uint64_t end_of(std::uint64_t start, std::uint64_t bytes, std::uint64_t limit) {
  return bytes > limit - start ? limit : start + bytes;
}

// Of names for the same address the least is taken.
auto rank(const code::Symbol& symbol) {
  const std::string_view name = symbol.name;
  const std::size_t underscores = std::min(name.find_first_not_of('_'), name.size());
  return std::tuple(symbol.indirect, symbol.size == 0, underscores, ~name.size(), name);
}

// Sorted, with the best name for each address.
void keep_best(std::vector<code::Symbol>& symbols) {
  std::ranges::sort(symbols, {}, &code::Symbol::address);
  auto kept = symbols.begin();
  for (auto each = symbols.begin(); each != symbols.end();) {
    const auto next = std::ranges::find_if(
        each, symbols.end(), [&](std::uint64_t other) { return other != each->address; },
        &code::Symbol::address);
    const auto best = std::ranges::min_element(each, next, {}, rank);
    if (kept != best) *kept = std::move(*best);
    ++kept;
    each = next;
  }
  symbols.erase(kept, symbols.end());
}

// What a linker adds to the name in .symtab: "memcpy@@GLIBC_2.14".
void cut_version(std::string& name) {
  const std::size_t at = name.find('@');
  if (at != std::string::npos && at > 0) name.resize(at);
}

// Where, by the unwind tables, a function that begins at start is over at the latest.
std::uint64_t frame_end(std::span<const AddressRange> frames, std::uint64_t start) {
  const auto next = std::ranges::upper_bound(frames, start, {}, &AddressRange::start);
  if (next != frames.begin() && (next - 1)->start == start) return (next - 1)->end;
  return next == frames.end() ? ~std::uint64_t{0} : next->start;
}

}  // namespace

const AddressRange* range_at(std::span<const AddressRange> ranges, std::uint64_t address) {
  const auto above = std::ranges::upper_bound(ranges, address, {}, &AddressRange::start);
  if (above == ranges.begin() || address >= (above - 1)->end) return nullptr;
  return &*(above - 1);
}

FunctionTable::FunctionTable(std::vector<code::Symbol> symbols, std::span<const AddressRange> code,
                             std::span<const AddressRange> frames) {
  std::erase_if(symbols, [&](const code::Symbol& symbol) {
    return !symbol.function || symbol.name.empty() ||
           (!code.empty() && range_at(code, symbol.address) == nullptr);
  });
  for (code::Symbol& symbol : symbols) cut_version(symbol.name);
  keep_best(symbols);
  functions_.reserve(symbols.size());
  reach_.reserve(symbols.size());
  std::uint64_t reach = 0;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    code::Symbol& symbol = symbols[i];
    const AddressRange* around = range_at(code, symbol.address);
    const std::uint64_t limit = around == nullptr ? ~std::uint64_t{0} : around->end;
    std::uint64_t end = end_of(symbol.address, symbol.size, limit);
    if (symbol.size == 0) {
      if (symbol.address < reach) continue;  // a label inside a function
      end = i + 1 < symbols.size() ? std::min(limit, symbols[i + 1].address) : limit;
      end = std::min(end, frame_end(frames, symbol.address));
    }
    // The symbol of an indirect function names what it selects; the code at its address does that.
    if (symbol.indirect) symbol.name += " (resolver)";
    reach = std::max(reach, end);
    functions_.push_back(
        {.range = {.start = symbol.address, .end = end}, .name = std::move(symbol.name)});
    reach_.push_back(reach);
  }
}

const Function* FunctionTable::find(std::uint64_t address) const {
  const auto above = std::ranges::upper_bound(
      functions_, address, {}, [](const Function& function) { return function.range.start; });
  for (auto i = static_cast<std::size_t>(above - functions_.begin()); i > 0; --i) {
    if (reach_[i - 1] <= address) return nullptr;
    if (address < functions_[i - 1].range.end) return &functions_[i - 1];
  }
  return nullptr;
}

}  // namespace bytepath::symbols
