#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "code/disassembler.h"
#include "sampling/nearby_code.h"
#include "sampling/profile.h"
#include "symbols/symbolizer.h"

// What the places of a profile are: names, instructions, and how the kernel was entered.
namespace bytepath::sampling {

// How a thread got to where it was.
enum class Entry { user, system_call, page_fault, interrupt, kernel };

std::string_view name(Entry entry);  // "user", "system call", "page fault", "interrupt", "kernel"

struct EntryPoint {
  Entry entry = Entry::user;
  std::string system_call;  // "pread64", where its function is among the callers
};

// Of a sample in the kernel, by the names of its function and of its callers, the innermost first
// (arch/x86/include/asm/idtentry.h and syscall_wrapper.h say what the names begin with).
EntryPoint entry_of(const std::vector<std::string>& functions);

struct HotPlace {
  symbols::Place place;
  EntryPoint entry;
  bool kernel = false;
  // What is executed there; text "(bad) 0f 01" where it is not known.
  std::string instruction;
  // What stands around it, addresses counted as place.address; where it has a hundredth of all
  // samples.
  std::vector<CodeLine> nearby;
  bool is_rep_movs = false;
  bool is_rep_movsb = false;
  // Interrupts, and with them the sampling clock, were off until just before: what was found here
  // was spent in the code before it; in a program's code behind a syscall instruction by the
  // kernel's way in and out.
  bool after_interrupts_off = false;
  // Page faults at this instruction of a program. Where they are many for its samples, these are
  // theirs (see fault_event()), and entry says so.
  std::uint64_t faults = 0;
  std::uint64_t samples = 0;
  double seconds = 0;
  std::map<std::uint16_t, std::uint64_t> distances;  // of a rep movs only
};

struct NamedStack {
  std::vector<std::string> frames;  // the innermost first: place_text without offset
  std::uint64_t samples = 0;
  double seconds = 0;
};

struct HotCode {
  std::vector<HotPlace> places;  // the most seconds first
  std::vector<NamedStack> stacks;
  std::uint64_t samples = 0;
  double seconds = 0;
};

// Whether a syscall instruction (0f 05) is what lies just before.
bool follows_system_call(std::span<const std::uint8_t> bytes_before);

// What a profile says. Reads files, the processes' where they still run, and live kernel text where
// this user may.
HotCode hot_code(const Profile& profile, symbols::Symbolizer& symbolizer,
                 code::Disassembler& disassembler);

// Whether the samples at an instruction that faulted so often are the faults': from ten faults a
// sample on, which at 999 Hz is 0.1 ms each. Not asked of a rep movs, which works between its
// faults.
bool is_of_faults(std::uint64_t faults, std::uint64_t samples);

// Whether a sti is executed just before, so that a pending interrupt was taken at this instruction:
// between it and the end of `bytes_before` there is nothing but no-operations.
bool follows_interrupts_on(code::Disassembler& disassembler,
                           std::span<const std::uint8_t> bytes_before);

}  // namespace bytepath::sampling
