#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/root.h"
#include "code/copy_walk.h"
#include "trace/kernel_text.h"

namespace bytepath::host {

// How the kernel copies many bytes. Since Linux 6.4 (arch/x86/include/asm/uaccess_64.h,
// arch/x86/lib/copy_user_64.S) user copies are an inlined rep movsb on CPUs with FSRM and a call of
// rep_movs_alternative on the others, which uses rep movsb with ERMS and rep movsq without.
enum class KernelMechanism {
  not_known,
  fsrm_inline,       // rep movsb in the function itself, for every size
  erms_alternative,  // rep movsb behind a call, from 64 bytes on (before 6.4: for every size)
  movsq,             // rep movsq
  unrolled,          // plain moves
  stosb,             // rep stosb: a fill
  stosq,             // rep stosq: a fill
};

enum class KernelEvidence {
  none,
  text,      // read from the live kernel, alternatives applied
  inferred,  // from the version and /proc/cpuinfo
};

struct KernelCopyFunction {
  std::string function;  // "_copy_to_iter"
  KernelMechanism mechanism = KernelMechanism::not_known;
  KernelEvidence evidence = KernelEvidence::none;
  std::string instruction_function;     // where the instruction is: itself or what it calls
  std::optional<std::uint64_t> offset;  // of the instruction in that function
  std::string why_not_known;
};

struct KernelCopyFacts {
  std::string release;  // "6.18.44"
  bool erms = false;
  bool fsrm = false;
  bool rep_good = false;
};

struct KernelCopyPath {
  KernelCopyFacts facts;
  // Of the copies between user and kernel memory: read, write, pipes, sockets.
  KernelMechanism mechanism = KernelMechanism::not_known;
  KernelEvidence evidence = KernelEvidence::none;
  std::vector<KernelCopyFunction> functions;
  std::optional<Error> text_refused;  // why the text could not be read; then all is inferred
};

// Functions whose text is looked at; those that this kernel does not have are left out.
struct KernelFunctionText {
  std::string name;
  trace::KernelText text;
};

// Pure: what each function does, by its code. Helpers that the others call (rep_movs_alternative
// and the copy_user_* of older kernels) are found among the texts by address.
Result<std::vector<KernelCopyFunction>> classify_kernel_functions(
    const std::vector<KernelFunctionText>& texts);

// Pure: user copies by version and CPU flags. Needs no privilege, does not see clearcpuid on the
// command line when /proc/cpuinfo does not, and knows no distribution patch.
KernelMechanism infer_kernel_mechanism(const KernelCopyFacts& facts);

// /proc/sys/kernel/osrelease and the flags of the first processor in /proc/cpuinfo.
KernelCopyFacts read_kernel_copy_facts(const Root& root = {});

// The live kernel, by its text when it can be read. About 4 ms.
KernelCopyPath read_kernel_copy_path();

std::string_view to_text(KernelMechanism mechanism);  // "fsrm-inline", "erms-alternative", ...
std::string_view to_text(KernelEvidence evidence);

}  // namespace bytepath::host
