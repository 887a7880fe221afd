#pragma once
#include <optional>

#include "base/result.h"
#include "host/cpuid_live.h"
#include "host/cpuinfo.h"
#include "host/kernel_copy_path.h"
#include "host/libc_copy_path.h"
#include "result/document.h"

// Facts of lib/host as parts of a document. The names of parameters, tables and columns are those
// that lib/verdict reads and bytepath-result(5) lists.
namespace bytepath::describe {

// The live host, as far as it can be read; what cannot is in not_measured of the document.
struct HostFacts {
  std::optional<host::CpuFacts> cpu;
  std::optional<host::CpuInfo> cpuinfo;  // of the first CPU, as the kernel prints it
  std::optional<host::LibcCopyPath> libc;
  std::optional<host::KernelCopyPath> kernel;
};

// CPU and own libc: what document.host is made of. Leaves a line in not_measured for each part it
// misses.
HostFacts read_identity(result::Document& document);

// The same and how the kernel copies, for which a BPF program is loaded.
HostFacts read_host(result::Document& document);

// document.host.cpu, of the first kind of core.
void add_cpu(result::Document& document, const host::CpuFacts& facts);

// document.host, with its two hashes.
void add_host(result::Document& document, const HostFacts& facts);

// Parameters that say how this host copies, for rules and scripts: "variant.memcpy",
// "libc.rep_movsb_threshold" (bytes), "libc.rep_movsb_first" and "_last" (sizes, absent when rep
// movsb is never used), "kernel.copy" ("fsrm-inline") and "kernel.copy_evidence" ("text").
void add_libc_parameters(result::Document& document, const host::LibcCopyPath& libc);
void add_kernel_parameters(result::Document& document, const host::KernelCopyPath& kernel);

}  // namespace bytepath::describe
