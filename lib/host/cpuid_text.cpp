#include "host/cpuid_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>

#include "base/units.h"

namespace bytepath::host {
namespace {

using Out = std::back_insert_iterator<std::string>;

std::string ways_text(std::uint32_t ways, bool fully_associative) {
  if (fully_associative) return "fully associative";
  return ways == 0 ? "ways not stated" : fmt::format("{} ways", ways);
}

std::string names_with(const Features& features, bool value) {
  std::vector<std::string_view> names;
  for (const auto& [name, set] : features) {
    if (set == value) names.push_back(name);
  }
  return fmt::format("{}", fmt::join(names, " "));
}

void write_caches(Out out, const CpuIdentity& identity) {
  for (const Cache& cache : identity.caches) {
    fmt::format_to(out, "cache: L{} {}, {}, {}, {} B lines", cache.level, to_string(cache.type),
                   format_size(cache.size_bytes), ways_text(cache.ways, cache.fully_associative),
                   cache.line_bytes);
    if (cache.shared_by != 0) fmt::format_to(out, ", up to {} CPUs", cache.shared_by);
    fmt::format_to(out, " ({})\n", cache.source);
  }
  for (const Tlb& tlb : identity.tlbs) {
    fmt::format_to(out, "tlb: L{} {}, {} pages, {} entries, {} ({})\n", tlb.level,
                   to_string(tlb.kind), pages_text(tlb.pages), tlb.entries,
                   ways_text(tlb.ways, tlb.fully_associative), tlb.source);
  }
  for (const Contradiction& each : identity.contradictions) {
    fmt::format_to(out, "contradiction: {}: {} says {} {}, {} says {} {}\n", each.what,
                   each.first_source, each.first_value, each.unit, each.second_source,
                   each.second_value, each.unit);
  }
}

void write_identity(Out out, const CpuIdentity& identity) {
  const Signature& signature = identity.signature;
  const Microarchitecture& uarch = identity.microarchitecture;
  fmt::format_to(out, "vendor: {}\n", identity.vendor);
  fmt::format_to(out, "brand: {}\n", identity.brand);
  fmt::format_to(out, "signature: family {:#x} model {:#x} stepping {:#x}\n", signature.family,
                 signature.model, signature.stepping);
  fmt::format_to(out, "microarchitecture: {}{}{}{} ({})\n", uarch.name,
                 uarch.code_name.empty() ? "" : " [", uarch.code_name,
                 uarch.code_name.empty() ? "" : "]", to_string(uarch.confidence));
  fmt::format_to(out, "core type: {}\n", to_string(identity.core_type));
  const Hypervisor& hypervisor = identity.hypervisor;
  fmt::format_to(out, "hypervisor: {}\n",
                 hypervisor.present
                     ? fmt::format("{} \"{}\"", hypervisor.name, hypervisor.signature)
                     : "none");
  fmt::format_to(out, "microcode patch space: {}\n",
                 identity.microcode_patch_bytes
                     ? fmt::format("{} B", *identity.microcode_patch_bytes)
                     : "not enumerated");
  fmt::format_to(out, "susceptibility hint: {}\n", to_string(identity.susceptibility));
  fmt::format_to(out, "set: {}\n", names_with(identity.features, true));
  fmt::format_to(out, "clear: {}\n", names_with(identity.features, false));
  write_caches(out, identity);
}

}  // namespace

std::string to_text(const CpuFacts& facts) {
  std::string text;
  const Out out = std::back_inserter(text);
  for (const CoreClass& each : facts.classes) {
    fmt::format_to(out, "CPUs {}\n", fmt::join(each.cpus, ","));
    write_identity(out, each.identity);
    text += '\n';
  }
  for (const Difference& difference : facts.differences) {
    fmt::format_to(out, "differs: {}: {}\n", difference.what, fmt::join(difference.values, " | "));
  }
  return text;
}

}  // namespace bytepath::host
