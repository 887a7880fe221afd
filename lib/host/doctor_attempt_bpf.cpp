#include <linux/bpf.h>
#include <linux/btf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>

#include "base/descriptor.h"
#include "host/doctor_attempts.h"

// By bpf(2) itself: libbpf's own probes raise RLIMIT_MEMLOCK of the process, retry, and parse the
// BTF of the whole kernel (20 to 40 ms). Programs are loaded and closed, never attached.
namespace bytepath::host {
namespace {

template <unsigned char to>
constexpr bpf_insn move(int value) {
  return {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = to, .imm = value};
}
template <unsigned char to, unsigned char from>
constexpr bpf_insn copy() {
  return {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = to, .src_reg = from};
}
template <unsigned char to>
constexpr bpf_insn add(int value) {
  return {.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = to, .imm = value};
}
constexpr bpf_insn call(int helper) { return {.code = BPF_JMP | BPF_CALL, .imm = helper}; }
constexpr bpf_insn leave() { return {.code = BPF_JMP | BPF_EXIT}; }

constexpr std::array nothing = {move<BPF_REG_0>(0), leave()};

// bpf_probe_read_kernel(stack - 8, 8, NULL): checked by the verifier, never run.
constexpr std::array read_kernel = {
    copy<BPF_REG_1, BPF_REG_10>(),
    add<BPF_REG_1>(-8),
    move<BPF_REG_2>(8),
    move<BPF_REG_3>(0),
    call(BPF_FUNC_probe_read_kernel),
    move<BPF_REG_0>(0),
    leave(),
};

std::uint64_t address(const void* pointer) { return std::bit_cast<std::uintptr_t>(pointer); }

// The union must be zero beyond the fields set, or older kernels answer E2BIG.
bpf_attr empty_attribute() {
  bpf_attr attribute;
  std::memset(&attribute, 0, sizeof attribute);
  return attribute;
}

Descriptor call_bpf(bpf_cmd command, bpf_attr& attribute) {
  return Descriptor(static_cast<int>(::syscall(SYS_bpf, command, &attribute, sizeof attribute)));
}

template <std::size_t count>
bpf_attr program(bpf_prog_type type, const std::array<bpf_insn, count>& instructions) {
  auto attribute = empty_attribute();
  attribute.prog_type = type;
  attribute.insns = address(instructions.data());
  attribute.insn_cnt = count;
  attribute.license = address("GPL");
  return attribute;
}

Attempt try_load(bpf_attr attribute) {
  const auto loaded = call_bpf(BPF_PROG_LOAD, attribute);
  return {.error = loaded ? 0 : errno};
}

template <bpf_prog_type type>
Attempt try_type() {
  return try_load(program(type, nothing));
}

Attempt try_syscall_program() {
  auto attribute = program(BPF_PROG_TYPE_SYSCALL, nothing);
  attribute.prog_flags = BPF_F_SLEEPABLE;  // the only way this type is accepted
  return try_load(attribute);
}

Attempt try_read_kernel() { return try_load(program(BPF_PROG_TYPE_RAW_TRACEPOINT, read_kernel)); }

// Type 1 of the kernel's BTF is not a function, so that no load can succeed; a kernel that offers
// this kind of program says so in the verifier's log (worked), any other refuses without a word.
template <bpf_attach_type attach>
Attempt try_tracing() {
  std::array<char, 1024> log{};
  auto attribute = program(BPF_PROG_TYPE_TRACING, nothing);
  attribute.expected_attach_type = attach;
  attribute.attach_btf_id = 1;
  attribute.log_buf = address(log.data());
  attribute.log_size = log.size();
  attribute.log_level = 1;
  Attempt attempt = try_load(attribute);
  if (attempt.error == EINVAL && log[0] != '\0') attempt.error = 0;
  return attempt;
}

Attempt try_ring_buffer() {
  auto attribute = empty_attribute();
  attribute.map_type = BPF_MAP_TYPE_RINGBUF;
  attribute.max_entries = static_cast<unsigned>(::sysconf(_SC_PAGESIZE));
  const auto map = call_bpf(BPF_MAP_CREATE, attribute);
  return {.error = map ? 0 : errno};
}

// The least BTF there is, one int: task storage wants types for its key and value.
struct IntegerTypes {
  btf_header header{.magic = BTF_MAGIC,
                    .version = BTF_VERSION,
                    .hdr_len = sizeof(btf_header),
                    .type_off = 0,
                    .type_len = sizeof(btf_type) + sizeof(std::uint32_t),
                    .str_off = sizeof(btf_type) + sizeof(std::uint32_t),
                    .str_len = 5};
  btf_type integer{.name_off = 1, .info = BTF_KIND_INT << 24U, .size = 4};
  std::uint32_t encoding = BTF_INT_SIGNED << 24U | 32U;
  std::array<char, 8> strings{'\0', 'i', 'n', 't', '\0'};
};

Attempt try_task_storage() {
  const IntegerTypes types;
  auto load = empty_attribute();
  load.btf = address(&types);
  load.btf_size = sizeof types - sizeof types.strings + types.header.str_len;
  const auto btf = call_bpf(BPF_BTF_LOAD, load);
  if (!btf) return {.error = errno};
  auto attribute = empty_attribute();
  attribute.map_type = BPF_MAP_TYPE_TASK_STORAGE;
  attribute.key_size = sizeof(int);
  attribute.value_size = sizeof(int);
  attribute.map_flags = BPF_F_NO_PREALLOC;
  attribute.btf_fd = static_cast<unsigned>(btf.get());
  attribute.btf_key_type_id = 1;
  attribute.btf_value_type_id = 1;
  const auto map = call_bpf(BPF_MAP_CREATE, attribute);
  return {.error = map ? 0 : errno};
}

constexpr std::array rows = {
    AttemptRow{"bpf.raw-tracepoint", "bpf(load raw tracepoint program)",
               try_type<BPF_PROG_TYPE_RAW_TRACEPOINT>},
    AttemptRow{"bpf.tracepoint", "bpf(load tracepoint program)",
               try_type<BPF_PROG_TYPE_TRACEPOINT>},
    AttemptRow{"bpf.perf-event", "bpf(load perf event program)",
               try_type<BPF_PROG_TYPE_PERF_EVENT>},
    AttemptRow{"bpf.syscall", "bpf(load syscall program)", try_syscall_program},
    AttemptRow{"bpf.kprobe", "bpf(load kprobe program)", try_type<BPF_PROG_TYPE_KPROBE>},
    AttemptRow{"bpf.read-kernel", "bpf(load program that reads kernel memory)", try_read_kernel},
    AttemptRow{"bpf.fentry", "bpf(load fentry program)", try_tracing<BPF_TRACE_FENTRY>},
    AttemptRow{"bpf.iterator", "bpf(load iterator program)", try_tracing<BPF_TRACE_ITER>},
    AttemptRow{"bpf.ring-buffer", "bpf(create ring buffer)", try_ring_buffer},
    AttemptRow{"bpf.task-storage", "bpf(create task storage)", try_task_storage},
};

}  // namespace

std::span<const AttemptRow> bpf_attempts() { return rows; }

}  // namespace bytepath::host
