#include "describe/host_facts.h"

#include <sys/utsname.h>

#include <cstdlib>
#include <limits>

#include "host/fingerprint.h"

namespace bytepath::describe {
namespace {

template <class T>
std::optional<T> keep(Result<T> read, const char* what, result::Document& document) {
  if (read) return *std::move(read);
  document.not_measured.push_back(
      {.what = what, .reason = read.error().message, .remedy = read.error().hint});
  return std::nullopt;
}

std::string kernel_release() {
  utsname names{};
  return uname(&names) == 0 ? std::string(names.release) : "";
}

std::string libc_name(const host::LibcCopyPath& libc) {
  const std::string name =
      libc.package.empty() ? std::string(host::to_text(libc.kind)) : libc.package;
  return libc.version.empty() || name.find(libc.version) != std::string::npos
             ? name
             : fmt::format("{} {}", name, libc.version);
}

result::Cpu cpu_of(const host::CpuIdentity& identity) {
  result::Cpu cpu{.vendor = identity.vendor,
                  .family = identity.signature.family,
                  .model = identity.signature.model,
                  .stepping = identity.signature.stepping,
                  .brand = identity.brand,
                  .microarchitecture = identity.microarchitecture.name};
  cpu.features.insert(identity.features.begin(), identity.features.end());
  return cpu;
}

std::int64_t clamp(std::uint64_t value) {
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(value, largest));
}

}  // namespace

HostFacts read_identity(result::Document& document) {
  HostFacts facts;
  if (const auto live = keep(host::read_live_cpuid(), "CPUID", document)) {
    facts.cpu = host::decode(*live);
  }
  if (auto info = keep(host::read_cpuinfo(Root{}), "/proc/cpuinfo", document)) {
    facts.cpuinfo = std::move(info->front());
  }
  facts.libc = keep(host::read_own_libc(), "the C library's copy path", document);
  return facts;
}

HostFacts read_host(result::Document& document) {
  HostFacts facts = read_identity(document);
  facts.kernel = host::read_kernel_copy_path();
  if (facts.kernel->text_refused) {
    document.not_measured.push_back({.what = "the kernel's copy path by its text",
                                     .reason = facts.kernel->text_refused->message,
                                     .remedy = facts.kernel->text_refused->hint});
  }
  return facts;
}

void add_cpu(result::Document& document, const host::CpuFacts& facts) {
  const auto& identity = facts.classes.front().identity;
  document.host.cpu = cpu_of(identity);
  if (identity.hypervisor.present) {
    document.host.hypervisor =
        identity.hypervisor.name.empty() ? "not named" : identity.hypervisor.name;
  }
}

void add_host(result::Document& document, const HostFacts& facts) {
  result::Host& out = document.host;
  if (facts.cpu) {
    add_cpu(document, *facts.cpu);
    const auto& identity = facts.cpu->classes.front().identity;
    if (facts.cpuinfo && facts.cpuinfo->microcode) {
      const bool synthetic = host::is_synthetic_microcode(*facts.cpuinfo->microcode, identity);
      out.cpu.microcode = fmt::format("{:#x}{}", *facts.cpuinfo->microcode,
                                      synthetic ? " (synthetic: the hypervisor made it up)" : "");
    }
  }
  out.kernel = kernel_release();
  out.libc = facts.libc ? libc_name(*facts.libc) : "";
  const char* tunables = std::getenv("GLIBC_TUNABLES");
  out.machine_hash = host::format_fingerprint(host::fingerprint(host::machine_parts(Root{})));
  out.software_hash = host::format_fingerprint(host::fingerprint(
      host::software_parts(Root{}, out.libc, tunables == nullptr ? "" : tunables)));
}

void add_libc_parameters(result::Document& document, const host::LibcCopyPath& libc) {
  auto& parameters = document.parameters;
  for (const auto& function : libc.functions) {
    if (!function.variant.empty()) parameters["variant." + function.function] = function.variant;
    if (function.function != "memcpy" || !function.rep_window ||
        function.instruction != host::CopyInstruction::rep_movsb) {
      continue;
    }
    parameters["libc.rep_movsb_first"] = clamp(function.rep_window->first);
    parameters["libc.rep_movsb_last"] = clamp(function.rep_window->last);
  }
  for (const auto& threshold : libc.thresholds) {
    if (threshold.value) parameters["libc." + threshold.name] = clamp(*threshold.value);
  }
}

void add_kernel_parameters(result::Document& document, const host::KernelCopyPath& kernel) {
  document.parameters["kernel.copy"] = std::string(host::to_text(kernel.mechanism));
  document.parameters["kernel.copy_evidence"] = std::string(host::to_text(kernel.evidence));
}

}  // namespace bytepath::describe
