#pragma once
#include <sys/types.h>
#include <sys/user.h>

#include <array>
#include <cstdint>

#include "base/result.h"

// A stopped thread's registers and the system call interface of x86-64 Linux: number and result in
// rax, arguments in rdi, rsi, rdx, r10, r8, r9; all but rax, rcx and r11 are kept for the program.
namespace bytepath::intercept {

using Registers = user_regs_struct;
using Arguments = std::array<std::uint64_t, 6>;

// Both fail when the thread does not stand still, which here is because it has been killed: its end
// will be told, and nothing more need be done about it.
Result<Registers> read_registers(pid_t thread);
bool write_registers(pid_t thread, const Registers& registers);

Arguments arguments_of(const Registers& registers);
void set_arguments(Registers& registers, const Arguments& arguments);

// The result of a call: the kernel gives an errno as -errno, which no address is.
bool is_error(std::uint64_t result);
int error_of(std::uint64_t result);

// Where a call is about to be made: leaves it out and gives the program this result.
Registers without_call(Registers at_call, std::int64_t result);
// Behind a call's instruction: goes back to it and makes this call by it.
Registers with_call(Registers behind_call, std::uint64_t number, const Arguments& arguments);

// Does a 64-bit system call instruction end at this address?
bool is_behind_call(pid_t thread, std::uint64_t address);

}  // namespace bytepath::intercept
