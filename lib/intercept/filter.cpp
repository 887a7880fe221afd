#include "intercept/filter.h"

#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <cstddef>
#include <span>

#include "intercept/policy.h"

namespace bytepath::intercept {
namespace {

using Code = std::vector<sock_filter>;

constexpr unsigned flags_argument = 3;  // of mmap, as of mmap2
constexpr unsigned descriptor_argument = 4;
constexpr unsigned madvise_advice = 2;
constexpr unsigned clone_flags = 0;
constexpr unsigned process_madvise_advice = 3;
constexpr unsigned fadvise_advice = 3;

sock_filter load(std::size_t offset) {
  return {.code = BPF_LD | BPF_W | BPF_ABS, .jt = 0, .jf = 0, .k = static_cast<__u32>(offset)};
}

// The lower half of an argument: all that is looked at are 32 bits wide.
sock_filter load_argument(unsigned index) {
  return load(offsetof(seccomp_data, args) + index * sizeof(__u64));
}

sock_filter answer(std::uint32_t action) {
  return {.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = action};
}

// Goes on behind the next `otherwise` instructions unless the comparison holds.
sock_filter unless(unsigned comparison, std::uint32_t value, std::size_t otherwise) {
  return {.code = static_cast<__u16>(BPF_JMP | comparison | BPF_K),
          .jt = 0,
          .jf = static_cast<__u8>(otherwise),
          .k = value};
}

void append(Code& code, const Code& more) { code.insert(code.end(), more.begin(), more.end()); }

// With the call's number loaded: for this call the block decides, which must end in an answer.
void for_call(Code& code, std::uint32_t number, const Code& block) {
  code.push_back(unless(BPF_JEQ, number, block.size()));
  append(code, block);
}

Code stop() { return {answer(SECCOMP_RET_TRACE | native_call)}; }

Code stop_at_file_mapping(std::uint16_t marker) {
  constexpr std::uint32_t negative = 0x80000000;
  return {load_argument(flags_argument),     unless(BPF_JSET, MAP_ANONYMOUS, 1),
          answer(SECCOMP_RET_ALLOW),         load_argument(descriptor_argument),
          unless(BPF_JSET, negative, 1),     answer(SECCOMP_RET_ALLOW),
          answer(SECCOMP_RET_TRACE | marker)};
}

Code stop_at_mapping(const Interest& interest) {
  Code code;
  if (interest.unmapping) {
    code = {load_argument(flags_argument), unless(BPF_JSET, MAP_FIXED, 1),
            answer(SECCOMP_RET_TRACE | native_call)};
  }
  append(code, stop_at_file_mapping(native_call));
  return code;
}

Code stop_at_values(unsigned argument, std::span<const int> values) {
  Code code{load_argument(argument)};
  for (const int value : values) {
    code.push_back(unless(BPF_JEQ, static_cast<std::uint32_t>(value), 1));
    code.push_back(answer(SECCOMP_RET_TRACE | native_call));
  }
  code.push_back(answer(SECCOMP_RET_ALLOW));
  return code;
}

Code stop_at_untraced_child() {
  return {load_argument(clone_flags), unless(BPF_JSET, CLONE_UNTRACED, 1),
          answer(SECCOMP_RET_TRACE | native_call), answer(SECCOMP_RET_ALLOW)};
}

std::vector<int> stopping_advice(const Interest& interest) {
  std::vector<int> advice;
  const auto add = [&](std::span<const int> more) {
    advice.insert(advice.end(), more.begin(), more.end());
  };
  if (interest.unmapping) add(dropping_advice());
  if (interest.advice) add(memory_advice());
  return advice;
}

}  // namespace

std::vector<sock_filter> filter_program(const Interest& interest) {
  Code i386{load(offsetof(seccomp_data, nr))};
  for_call(i386, i386_old_mmap, {answer(SECCOMP_RET_TRACE | foreign_call)});
  for_call(i386, i386_mmap2, stop_at_file_mapping(foreign_call));
  Code foreign{unless(BPF_JEQ, AUDIT_ARCH_I386, i386.size())};
  append(foreign, i386);
  foreign.push_back(answer(SECCOMP_RET_ALLOW));

  Code code{load(offsetof(seccomp_data, arch)), unless(BPF_JEQ, AUDIT_ARCH_X86_64, 0)};
  code.back().jt = static_cast<__u8>(foreign.size());
  append(code, foreign);
  code.push_back(load(offsetof(seccomp_data, nr)));
  for_call(code, x32_bit | SYS_mmap, stop_at_file_mapping(foreign_call));
  for_call(code, SYS_mmap, stop_at_mapping(interest));
  for_call(code, SYS_clone, stop_at_untraced_child());
  const std::vector<int> advice = stopping_advice(interest);
  for_call(code, SYS_madvise, stop_at_values(madvise_advice, advice));
  for_call(code, SYS_process_madvise, stop_at_values(process_madvise_advice, advice));
  if (interest.unmapping) {
    for (const long number : {SYS_munmap, SYS_mremap, SYS_execve, SYS_execveat}) {
      for_call(code, static_cast<std::uint32_t>(number), stop());
    }
  }
  if (interest.advice) {
    for_call(code, SYS_fadvise64, stop_at_values(fadvise_advice, file_advice()));
    for (const long number : {SYS_readahead, SYS_mlock, SYS_mlock2, SYS_mlockall}) {
      for_call(code, static_cast<std::uint32_t>(number), stop());
    }
  }
  code.push_back(answer(SECCOMP_RET_ALLOW));
  return code;
}

}  // namespace bytepath::intercept
