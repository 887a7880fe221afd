#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "code/copy_walk.h"
#include "code/disassembler.h"
#include "code/elf_file.h"
#include "host/libc_copy_path.h"
#include "trace/copy_counter.h"

// Where a copy can be counted that ends in rep movsb, and no other one.
namespace bytepath::copies {

// A conditional jump that alone decides whether a forward rep movsb comes next: on one of its ways
// every path leads there, on the other one not every one does. Each such copy passes exactly one of
// them that goes the right way. The kernel emulates these jumps under a uprobe
// (arch/x86/kernel/uprobes.c, branch_setup_xol_ops), which costs a tenth of stepping over another
// instruction.
struct DecidingJump {
  std::uint64_t address = 0;
  std::uint8_t condition = 0;  // the low four bits of its opcode
  bool when_taken = false;
  bool operator==(const DecidingJump&) const = default;
};

// By address. Empty where nothing is decided: no rep movsb, or nothing but it. Error (unsupported):
// a way into it is no jcc.
Result<std::vector<DecidingJump>> deciding_jumps(code::Disassembler& disassembler,
                                                 const code::ByteSource& bytes,
                                                 std::uint64_t start);

// Those of memcpy, memmove and mempcpy in a libc. file_path: where its file is opened, which in
// another root is not libc.path. Error (unsupported): it never copies by rep movsb, or it cannot be
// told where.
Result<std::vector<trace::CopyProbePoint>> libc_probe_points(const host::LibcCopyPath& libc,
                                                             const std::string& file_path);

}  // namespace bytepath::copies
