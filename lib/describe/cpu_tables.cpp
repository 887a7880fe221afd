#include "describe/cpu_tables.h"

#include <algorithm>

namespace bytepath::describe {
namespace {

using result::Document;
using result::Table;
using result::Value;

Value text(std::string_view words) { return words.empty() ? Value{} : Value(std::string(words)); }

Value count(std::uint64_t number) {
  return number == 0 ? Value{} : Value(static_cast<std::int64_t>(number));
}

std::string joined(const std::vector<std::string>& words) {
  return words.empty() ? "none" : fmt::format("{}", fmt::join(words, " "));
}

void add_identity(Document& document, const host::CpuIdentity& cpu,
                  const std::optional<host::CpuInfo>& info) {
  Table table{.name = "cpu", .title = "Processor", .columns = {{"what", ""}, {"value", ""}}};
  const auto row = [&](const char* what, Value value) {
    table.rows.push_back({Value(std::string(what)), std::move(value)});
  };
  row("vendor", text(cpu.vendor));
  row("name", text(cpu.brand));
  row("family, model, stepping", text(fmt::format("{:#x}, {:#x}, {:#x}", cpu.signature.family,
                                                  cpu.signature.model, cpu.signature.stepping)));
  const auto& architecture = cpu.microarchitecture;
  row("microarchitecture",
      text(fmt::format("{}{} ({})", architecture.name,
                       architecture.code_name.empty() ? "" : ", " + architecture.code_name,
                       host::to_string(architecture.confidence))));
  row("hypervisor",
      cpu.hypervisor.present ? text(cpu.hypervisor.name) : Value(std::string("none")));
  if (info && info->microcode) {
    const bool synthetic = host::is_synthetic_microcode(*info->microcode, cpu);
    row("microcode", text(fmt::format("{:#x}{}", *info->microcode,
                                      synthetic ? " (synthetic: the hypervisor made it up)" : "")));
  }
  row("room for microcode patches", cpu.microcode_patch_bytes
                                        ? text(fmt::format("{} bytes", *cpu.microcode_patch_bytes))
                                        : Value{});
  row("reports of slow rep movsb", text(host::to_string(cpu.susceptibility)));
  if (info) {
    const auto compared = host::compare_flags(cpu.features, host::flag_set(info->flags));
    row("in CPUID, not used by the kernel", text(joined(compared.cleared)));
    row("used by the kernel, not in CPUID", text(joined(compared.added)));
  }
  document.tables.push_back(std::move(table));
}

// The bits that decide how bytes are copied come first and are always shown; the others with -v.
bool decides_copies(std::string_view name) {
  constexpr std::string_view deciding[] = {"erms", "fsrm",     "fzrm",     "fsrs",
                                           "fsrc", "amd_fsrs", "amd_fsrc", "amd_fsrsc",
                                           "avx2", "avx512f",  "avx512vl"};
  return std::ranges::find(deciding, name) != std::end(deciding);
}

void add_features(Document& document, const host::CpuIdentity& cpu,
                  const std::optional<host::CpuInfo>& info) {
  const auto kernel = info ? host::flag_set(info->flags) : host::FlagSet{};
  Table shown{.name = "copy_features",
              .title = "Processor features that decide how bytes are copied",
              .columns = {{"feature", ""}, {"cpuid", ""}, {"kernel", ""}}};
  Table rest{.name = "features", .columns = shown.columns};
  for (const auto& bit : host::feature_bits()) {
    const std::string name(bit.name);
    const auto found = cpu.features.find(name);
    const Value cpuid = found == cpu.features.end() ? Value{} : Value(found->second);
    Value used;
    if (info) used = bit.printed ? Value(kernel.contains(name)) : Value(std::string("not printed"));
    (decides_copies(name) ? shown : rest).rows.push_back({Value(name), cpuid, used});
  }
  document.tables.push_back(std::move(shown));
  document.tables.push_back(std::move(rest));
}

void add_caches(Document& document, const host::CpuIdentity& cpu) {
  Table caches{.name = "caches",
               .title = "Caches",
               .columns = {{"level", ""},
                           {"type", ""},
                           {"size", "B"},
                           {"line", "B"},
                           {"ways", ""},
                           {"shared_by", ""},
                           {"source", ""}}};
  for (const auto& cache : cpu.caches) {
    caches.rows.push_back({count(cache.level), text(host::to_string(cache.type)),
                           count(cache.size_bytes), count(cache.line_bytes),
                           cache.fully_associative ? text("full") : count(cache.ways),
                           count(cache.shared_by), text(cache.source)});
  }
  Table tlbs{.name = "tlbs",
             .columns = {{"level", ""},
                         {"kind", ""},
                         {"pages", ""},
                         {"entries", ""},
                         {"ways", ""},
                         {"source", ""}}};
  for (const auto& tlb : cpu.tlbs) {
    tlbs.rows.push_back({count(tlb.level), text(host::to_string(tlb.kind)),
                         text(host::pages_text(tlb.pages)), count(tlb.entries),
                         tlb.fully_associative ? text("full") : count(tlb.ways), text(tlb.source)});
  }
  document.tables.push_back(std::move(caches));
  document.tables.push_back(std::move(tlbs));
}

void add_contradictions(Document& document, const host::CpuIdentity& cpu) {
  if (cpu.contradictions.empty()) return;
  Table table{.name = "contradictions",
              .title = "Contradictions within CPUID",
              .columns = {{"what", ""},
                          {"unit", ""},
                          {"source", ""},
                          {"value", ""},
                          {"other_source", ""},
                          {"other_value", ""}}};
  for (const auto& c : cpu.contradictions) {
    table.rows.push_back({text(c.what), text(c.unit), text(c.first_source),
                          static_cast<std::int64_t>(c.first_value), text(c.second_source),
                          static_cast<std::int64_t>(c.second_value)});
  }
  document.tables.push_back(std::move(table));
}

void add_core_types(Document& document, const host::CpuFacts& facts) {
  if (facts.classes.size() < 2) return;
  Table types{.name = "core_types",
              .title = "Kinds of cores",
              .columns = {{"kind", ""}, {"type", ""}, {"microarchitecture", ""}, {"cpus", ""}}};
  for (std::size_t i = 0; i < facts.classes.size(); ++i) {
    const auto& one = facts.classes[i];
    types.rows.push_back({static_cast<std::int64_t>(i),
                          text(host::to_string(one.identity.core_type)),
                          text(one.identity.microarchitecture.name),
                          text(fmt::format("{}", fmt::join(one.cpus, ",")))});
  }
  Table differences{.name = "core_differences",
                    .title = "In which they differ",
                    .columns = {{"what", ""}, {"values", ""}}};
  for (const auto& difference : facts.differences) {
    differences.rows.push_back(
        {text(difference.what), text(fmt::format("{}", fmt::join(difference.values, " | ")))});
  }
  document.tables.push_back(std::move(types));
  document.tables.push_back(std::move(differences));
}

}  // namespace

void add_cpu_tables(Document& document, const host::CpuFacts& facts,
                    const std::optional<host::CpuInfo>& info) {
  const auto& first = facts.classes.front().identity;
  add_identity(document, first, info);
  add_features(document, first, info);
  add_core_types(document, facts);
  add_caches(document, first);
  add_contradictions(document, first);
}

}  // namespace bytepath::describe
