#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/root.h"
#include "host/container.h"

namespace bytepath::host {

// kernel_lockdown(7). unknown: securityfs is not mounted or the kernel has no lockdown module.
enum class Lockdown { unknown, none, integrity, confidentiality };

std::string_view name(Lockdown lockdown);

// "none [integrity] confidentiality"; unknown for any other text.
Lockdown parse_lockdown(std::string_view text);

struct KernelFacts {
  std::string release;                    // "6.1.0-18-amd64"
  std::string version;                    // /proc/version, one line
  std::vector<std::string> command_line;  // only the words that change what is measured
  Lockdown lockdown = Lockdown::unknown;
  std::string operating_system;  // PRETTY_NAME of os-release
  bool virtual_machine = false;  // the hypervisor bit of CPUID as /proc/cpuinfo shows it
  std::string hypervisor;        // "QEMU Standard PC", "xen"; "" when nothing names it
  Container container;
};

// What cannot be read stays empty.
KernelFacts read_kernel_facts(const Root& root);

// The words of a kernel command line that change which copy path runs, what it costs or what may
// be observed: CPU features and mitigations, huge pages, isolated CPUs, clocks, lockdown.
std::vector<std::string> relevant_parameters(std::string_view command_line);

// The value of one variable of os-release(5) without its quotes.
std::optional<std::string> os_release_value(std::string_view text, std::string_view key);

// The text of /proc/cpuinfo, or "".
std::string cpuinfo_text(const Root& root);

// Whether the first CPU of /proc/cpuinfo has that flag.
bool has_cpu_flag(std::string_view cpuinfo, std::string_view flag);

// The value of the first line "key : value" of /proc/cpuinfo; "" when there is none.
std::string cpuinfo_value(std::string_view cpuinfo, std::string_view key);

}  // namespace bytepath::host
