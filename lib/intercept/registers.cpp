#include "intercept/registers.h"

#include <sys/ptrace.h>

#include <cerrno>

namespace bytepath::intercept {
namespace {

constexpr std::uint64_t instruction_bytes = 2;  // of syscall
constexpr unsigned instruction = 0x050f;        // 0f 05, as a number
constexpr std::int64_t largest_errno = 4095;    // MAX_ERRNO, include/linux/err.h

}  // namespace

Result<Registers> read_registers(pid_t thread) {
  Registers registers{};
  if (ptrace(PTRACE_GETREGS, thread, nullptr, &registers) != 0) {
    return fail_errno(errno, "cannot read the registers of thread {}", thread);
  }
  return registers;
}

bool write_registers(pid_t thread, const Registers& registers) {
  return ptrace(PTRACE_SETREGS, thread, nullptr, &registers) == 0;
}

Arguments arguments_of(const Registers& registers) {
  return {registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9};
}

void set_arguments(Registers& registers, const Arguments& arguments) {
  registers.rdi = arguments[0];
  registers.rsi = arguments[1];
  registers.rdx = arguments[2];
  registers.r10 = arguments[3];
  registers.r8 = arguments[4];
  registers.r9 = arguments[5];
}

bool is_error(std::uint64_t result) { return result > ~static_cast<std::uint64_t>(largest_errno); }

int error_of(std::uint64_t result) {
  return is_error(result) ? static_cast<int>(-static_cast<std::int64_t>(result)) : 0;
}

Registers without_call(Registers at_call, std::int64_t result) {
  at_call.orig_rax = ~0ULL;
  at_call.rax = static_cast<std::uint64_t>(result);
  return at_call;
}

Registers with_call(Registers behind_call, std::uint64_t number, const Arguments& arguments) {
  behind_call.rip -= instruction_bytes;
  behind_call.rax = number;
  // Otherwise the kernel could take the result of the call before for one to be restarted.
  behind_call.orig_rax = ~0ULL;
  set_arguments(behind_call, arguments);
  return behind_call;
}

bool is_behind_call(pid_t thread, std::uint64_t address) {
  errno = 0;
  const long word = ptrace(PTRACE_PEEKTEXT, thread, address - instruction_bytes, nullptr);
  return errno == 0 && (static_cast<unsigned long>(word) & 0xffffU) == instruction;
}

}  // namespace bytepath::intercept
