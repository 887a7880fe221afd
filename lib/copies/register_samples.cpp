#include "copies/register_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "base/file.h"
#include "sampling/sampler.h"
#include "symbols/symbolizer.h"

namespace bytepath::copies {
namespace {

// What is at an address: asked once.
struct Code {
  bool read = false;
  std::uint8_t element_bytes = 0;  // 0: no rep movs
  CopySite site;
};

using CodeKey = std::tuple<std::uint32_t, std::uint64_t, std::string>;
using CopyKey = std::tuple<std::uint32_t, std::uint64_t, std::uint16_t>;

}  // namespace

struct RegisterSamples::State {
  State(trace::TracedTree of, sampling::Sampler from) : tree(of), sampler(std::move(from)) {}

  void take(const sampling::Sample& sample, const trace::MappingTable& mappings) {
    if (tree.without_itself && sample.process == static_cast<std::uint32_t>(tree.process)) return;
    ++all.samples;
    auto& program = programs[sample.process];
    ++program.all;
    if (sample.kernel) ++program.in_kernel;
    const Code& code = code_at(sample, mappings);
    if (!code.read || (code.element_bytes != 0 && !sample.registers)) ++all.unread;
    if (code.element_bytes == 0 || !sample.registers) return;
    const auto offset = static_cast<std::uint16_t>(
        bytepath_copy_offset(sample.registers->destination, sample.registers->source));
    auto [at, is_new] = copies.try_emplace({sample.process, sample.address, offset});
    if (is_new) {
      at->second.copy = {
          .program = {.process = sample.process},
          .address = sample.address,
          .offset = offset,
          .element_bytes = code.element_bytes,
          .flags = static_cast<bytepath_u8>(sample.kernel ? bytepath_copy_in_kernel : 0)};
      sites[at->first] = code.site;
    }
    ++at->second.samples.samples;
    at->second.samples.left_bytes += sample.registers->count * code.element_bytes;
  }

  const Code& code_at(const sampling::Sample& sample, const trace::MappingTable& mappings) {
    const trace::Mapping* const mapping =
        sample.kernel ? nullptr : mappings.find(sample.process, sample.address);
    const auto [at, is_new] = codes.try_emplace(
        {sample.process, sample.address, mapping == nullptr ? "" : mapping->path});
    if (is_new) at->second = look_at(sample, mapping);
    return at->second;
  }

  Code look_at(const sampling::Sample& sample, const trace::Mapping* mapping) {
    std::array<std::uint8_t, 4> bytes{};
    Code code;
    if (!sample.kernel && mapping == nullptr) return code;
    code.read = sample.kernel
                    ? symbolizer.kernel_code(sample.address, bytes)
                    : symbolizer.user_code(sample.process, *mapping, sample.address, bytes);
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    code.element_bytes = code.read ? bytepath_copy_element(word) : 0;
    if (code.element_bytes == 0) return code;
    code.site.place = sample.kernel ? symbolizer.kernel(sample.address)
                                    : symbolizer.user(sample.process, *mapping, sample.address);
    code.site.kind = kind_of(code.site.place, sample.kernel);
    return code;
  }

  // exec(2) and the program itself change it; of one that has ended the last one stays.
  void name_programs() {
    for (auto& [process, program] : programs) {
      const std::string name = read_line_or(fmt::format("/proc/{}/comm", process), "");
      if (name.empty()) continue;
      std::ranges::fill(program.command, '\0');
      name.copy(std::begin(program.command), bytepath_command_name - 1);
      program.number = process;
    }
  }

  trace::TracedTree tree;
  sampling::Sampler sampler;
  symbols::Symbolizer symbolizer;
  trace::CopySamples all;
  std::map<std::uint32_t, bytepath_program_samples> programs;
  std::map<CopyKey, trace::SampledCopy> copies;
  std::map<CopyKey, CopySite> sites;
  std::map<CodeKey, Code> codes;
};

RegisterSamples::RegisterSamples(std::unique_ptr<State> state) : state_(std::move(state)) {}
RegisterSamples::RegisterSamples(RegisterSamples&&) noexcept = default;
RegisterSamples& RegisterSamples::operator=(RegisterSamples&&) noexcept = default;
RegisterSamples::~RegisterSamples() = default;

Result<RegisterSamples> RegisterSamples::open(const trace::TracedTree& tree, unsigned rate) {
  BYTEPATH_TRY(sampler, sampling::Sampler::open(tree.process, {.rate = rate}));
  return RegisterSamples(std::make_unique<State>(tree, std::move(sampler)));
}

void RegisterSamples::drain() {
  using What = sampling::Sampler::What;
  state_->sampler.drain(
      [this](What what, const sampling::Sample& sample, const trace::MappingTable& mappings) {
        if (what == What::clock) state_->take(sample, mappings);
      });
  state_->name_programs();
}

bool RegisterSamples::user_only() const { return state_->sampler.event().user_only; }

trace::CopySamples RegisterSamples::samples() const {
  trace::CopySamples samples = state_->all;
  samples.dropped_copies = state_->sampler.losses().samples;
  for (const auto& [process, counts] : state_->programs)
    samples.programs.push_back({.program = {.process = process}, .samples = counts});
  for (const auto& [key, copy] : state_->copies) samples.copies.push_back(copy);
  return samples;
}

NamedCopies RegisterSamples::named() const {
  NamedCopies named;
  for (const auto& [key, site] : state_->sites) named.sites.push_back(site);
  named.missing = state_->symbolizer.missing();
  return named;
}

}  // namespace bytepath::copies
