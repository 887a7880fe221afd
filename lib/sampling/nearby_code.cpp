#include "sampling/nearby_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bytepath::sampling {
namespace {

constexpr std::size_t lines_on_a_side = 3;
// A function is decoded from its beginning; of a longer one what is behind is shown alone.
constexpr std::uint64_t longest_way = 64UL * 1024;

std::string bytes_text(std::span<const std::uint8_t> bytes) {
  std::string text = "(bad)";
  for (const auto byte : bytes) text += fmt::format(" {:02x}", byte);
  return text;
}

std::string mnemonic_of(const std::string& text) { return text.substr(0, text.find(' ')); }

std::vector<CodeLine> lines_before(code::Disassembler& disassembler, const CodeSource& source,
                                   std::uint64_t function, std::uint64_t address) {
  if (function == 0 || function >= address || address - function > longest_way) return {};
  std::vector<std::uint8_t> bytes(address - function);
  if (!source.read(function, bytes)) return {};
  // With what follows, or an instruction that reaches beyond the address would seem to end there.
  InstructionBytes behind{};
  std::ranges::copy(read_instruction(source, address, behind), std::back_inserter(bytes));
  std::vector<std::uint64_t> starts;
  std::uint64_t at = function;
  while (at < address) {
    starts.push_back(at);
    at += disassembler.decode(at, std::span(bytes).subspan(at - function)).size;
  }
  if (at != address) return {};
  if (starts.size() > lines_on_a_side)
    starts.erase(starts.begin(), starts.end() - static_cast<std::ptrdiff_t>(lines_on_a_side));
  std::vector<CodeLine> lines;
  for (const auto start : starts)
    lines.push_back(code_line(disassembler, source, function, start,
                              std::span(bytes).subspan(start - function)));
  return lines;
}

std::vector<CodeLine> lines_behind(code::Disassembler& disassembler, const CodeSource& source,
                                   std::uint64_t function, std::uint64_t address) {
  std::vector<CodeLine> lines;
  InstructionBytes bytes{};
  for (std::size_t i = 0; i <= lines_on_a_side; ++i) {
    const auto here = read_instruction(source, address, bytes);
    if (here.empty()) break;
    const auto instruction = disassembler.decode(address, here);
    if (i > 0) lines.push_back(code_line(disassembler, source, function, address, here));
    // What lies behind the last instruction of a function is another one's, or none.
    if (instruction.operation == code::Operation::end ||
        instruction.operation == code::Operation::jump)
      break;
    address += instruction.size;
  }
  return lines;
}

}  // namespace

std::span<const std::uint8_t> read_instruction(const CodeSource& source, std::uint64_t address,
                                               InstructionBytes& bytes) {
  std::size_t size = bytes.size();
  while (size > 0 && !source.read(address, std::span(bytes).first(size))) size /= 2;
  return std::span(bytes).first(size);
}

CodeLine code_line(code::Disassembler& disassembler, const CodeSource& source,
                   std::uint64_t function, std::uint64_t address,
                   std::span<const std::uint8_t> bytes) {
  const auto instruction = disassembler.decode(address, bytes);
  CodeLine line{.address = address, .text = instruction.text};
  if (!instruction.decoded) {
    line.text = bytes_text(bytes.first(std::min<std::size_t>(instruction.size, bytes.size())));
    return line;
  }
  if (!instruction.target) return line;
  const std::uint64_t target = *instruction.target;
  const std::string mnemonic = mnemonic_of(instruction.text);
  if (instruction.operation != code::Operation::call && function != 0 && target >= function &&
      target - function <= longest_way)
    line.text = fmt::format("{} +{:#x}", mnemonic, target - function);
  else if (const std::string name = source.name(target); !name.empty())
    line.text = fmt::format("{} {}", mnemonic, name);
  return line;
}

std::vector<CodeLine> nearby_code(code::Disassembler& disassembler, const CodeSource& source,
                                  std::uint64_t function, std::uint64_t address) {
  auto lines = lines_before(disassembler, source, function, address);
  std::ranges::move(lines_behind(disassembler, source, function, address),
                    std::back_inserter(lines));
  return lines;
}

}  // namespace bytepath::sampling
