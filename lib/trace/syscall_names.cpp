#include "trace/syscall_names.h"

#include <asm/unistd_64.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "trace/syscall_counts.h"

namespace bytepath::trace {
namespace {

struct Name {
  std::uint32_t number;
  std::string_view name;
};

constexpr auto names = std::to_array<Name>({
#include "syscall_names.inc"
});

constexpr auto byte_movers = std::to_array<std::uint32_t>(
    {__NR_read,      __NR_write,    __NR_pread64,          __NR_pwrite64,          __NR_readv,
     __NR_writev,    __NR_preadv,   __NR_pwritev,          __NR_preadv2,           __NR_pwritev2,
     __NR_sendto,    __NR_recvfrom, __NR_sendmsg,          __NR_recvmsg,           __NR_sendfile,
     __NR_splice,    __NR_tee,      __NR_vmsplice,         __NR_copy_file_range,   __NR_getrandom,
     __NR_readlink,  __NR_getdents, __NR_process_vm_readv, __NR_process_vm_writev, __NR_getdents64,
     __NR_readlinkat});

}  // namespace

std::string syscall_name(std::uint32_t number) {
  if (number == BYTEPATH_OTHER_SYSCALLS) return "others";
  const auto* const found = std::ranges::find(names, number, &Name::number);
  return found == names.end() ? fmt::format("syscall_{}", number) : std::string(found->name);
}

bool moves_bytes(std::uint32_t number) {
  return std::ranges::find(byte_movers, number) != byte_movers.end();
}

}  // namespace bytepath::trace
