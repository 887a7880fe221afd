// Every kernel at 4 KiB and d = 0, and beside it a bare loop of the same instruction or call,
// written here without anything of the kernels: kernel/<name> and bare/<name>. memcpy a second time
// 16 bytes into the pages, where malloc's large blocks begin and with them the buffers of perf
// bench: kernel-malloc/memcpy and bare-malloc/memcpy. tests/bench/copy-peak compares them.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <map>
#include <string>

#include "kernels/kernel.h"

namespace {

using bytepath::kernels::Arena;
using bytepath::kernels::Kernel;

constexpr std::size_t bytes = 4096;
// Copies between two readings of the benchmark's own loop, whose cost is then lost in the noise.
constexpr std::int64_t batch = 64;

// Copies `bytes` bytes so many times.
using Bare = void (*)(void* to, const void* from, std::int64_t times);

// The files and channels that the bare loops of system calls use.
struct Calls {
  int source = memfd_create("source", MFD_CLOEXEC);
  int destination = memfd_create("destination", MFD_CLOEXEC);
  int pipe[2] = {-1, -1};
  int sockets[2] = {-1, -1};
  pid_t pid = ::getpid();
} calls;

bool ready(const Arena& arena) {
  return ::pwrite(calls.source, arena.source, bytes, 0) == ssize_t{bytes} &&
         ::pwrite(calls.destination, arena.source, bytes, 0) == ssize_t{bytes} &&
         ::pipe2(calls.pipe, O_CLOEXEC | O_NONBLOCK) == 0 &&
         ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, calls.sockets) == 0;
}

// A system call that does not move all of it would make the comparison worthless.
void whole(ssize_t moved) {
  if (moved != ssize_t{bytes}) std::abort();
}

iovec part(const void* address) { return {const_cast<void*>(address), bytes}; }

// The loop is inside, as it is in a kernel: a call a copy would cost some per cent of the fastest.
// The parameters are named anew in each turn because REP moves them on.
#define BARE(...)                                                  \
  [](void* first_to, const void* first_from, std::int64_t times) { \
    for (std::int64_t turn = 0; turn < times; ++turn) {            \
      [[maybe_unused]] void* to = first_to;                        \
      [[maybe_unused]] const void* from = first_from;              \
      __VA_ARGS__;                                                 \
    }                                                              \
  }
#define BARE_REP(instruction, width)        \
  BARE(std::size_t count = bytes / (width); \
       asm volatile(instruction : "+D"(to), "+S"(from), "+c"(count) : : "memory"))
#define BARE_VECTOR(load, store, r, width, end)                                               \
  BARE(std::size_t at = 0; asm volatile(                                                      \
           "1:\n\t" load " (%1,%0), %%" r "0\n\t" load " " width "(%1,%0), %%" r "1\n\t" load \
           " 2*" width "(%1,%0), %%" r "2\n\t" load " 3*" width "(%1,%0), %%" r "3\n\t" store \
           " %%" r "0, (%2,%0)\n\t" store " %%" r "1, " width "(%2,%0)\n\t" store " %%" r     \
           "2, 2*" width "(%2,%0)\n\t" store " %%" r "3, 3*" width "(%2,%0)\n\t"              \
           "add $4*" width ", %0\n\tcmp %3, %0\n\tjb 1b\n\t" end : "+r"(at) : "r"(from),      \
           "r"(to), "i"(bytes) : "xmm0", "xmm1", "xmm2", "xmm3", "memory", "cc"))

const std::map<std::string, Bare> bare_loops = {
    {"rep-movsb", BARE_REP("rep movsb", 1)},
    {"rep-movsw", BARE_REP("rep movsw", 2)},
    {"rep-movsd", BARE_REP("rep movsl", 4)},
    {"rep-movsq", BARE_REP("rep movsq", 8)},
    {"rep-movsb-backward",
     BARE(
         to = static_cast<char*>(to) + bytes - 1; from = static_cast<const char*>(from) + bytes - 1;
         std::size_t count = bytes;
         asm volatile("std\n\trep movsb\n\tcld" : "+D"(to), "+S"(from), "+c"(count) : : "memory"))},
    {"rep-stosb", BARE(std::size_t count = bytes;
                       asm volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(0) : "memory"))},
    {"byte-loop",
     BARE(std::size_t at = 0; asm volatile("1:\n\tmovb (%1,%0), %%al\n\tmovb %%al, (%2,%0)\n\t"
                                           "inc %0\n\tcmp %3, %0\n\tjb 1b" : "+r"(at) : "r"(from),
                                           "r"(to), "i"(bytes) : "al", "memory", "cc"))},
    {"sse2", BARE_VECTOR("movdqu", "movdqu", "xmm", "16", "")},
    {"avx2", BARE_VECTOR("vmovdqu", "vmovdqu", "ymm", "32", "vzeroupper")},
    {"avx512", BARE_VECTOR("vmovdqu64", "vmovdqu64", "zmm", "64", "vzeroupper")},
    {"non-temporal", BARE_VECTOR("movdqu", "movntdq", "xmm", "16", "sfence")},
    {"pread", BARE(whole(::pread(calls.source, to, bytes, 0)))},
    {"read", BARE(::lseek(calls.source, 0, SEEK_SET); whole(::read(calls.source, to, bytes)))},
    {"readv",
     BARE(::lseek(calls.source, 0, SEEK_SET);
          const iovec parts[2] = {{to, bytes / 2}, {static_cast<char*>(to) + bytes / 2, bytes / 2}};
          whole(::readv(calls.source, parts, 2)))},
    {"pwrite", BARE(whole(::pwrite(calls.destination, from, bytes, 0)))},
    {"write",
     BARE(::lseek(calls.destination, 0, SEEK_SET); whole(::write(calls.destination, from, bytes)))},
    {"pipe-write",
     BARE(whole(::write(calls.pipe[1], from, bytes)); whole(::read(calls.pipe[0], to, bytes)))},
    {"pipe-read",
     BARE(whole(::write(calls.pipe[1], from, bytes)); whole(::read(calls.pipe[0], to, bytes)))},
    {"unix-send", BARE(whole(::send(calls.sockets[1], from, bytes, MSG_NOSIGNAL));
                       whole(::recv(calls.sockets[0], to, bytes, 0)))},
    {"unix-recv", BARE(whole(::send(calls.sockets[1], from, bytes, MSG_NOSIGNAL));
                       whole(::recv(calls.sockets[0], to, bytes, 0)))},
    {"process-vm-readv", BARE(const iovec local = part(to); const iovec remote = part(from);
                              whole(::process_vm_readv(calls.pid, &local, 1, &remote, 1, 0)))},
    {"process-vm-writev", BARE(const iovec local = part(from); const iovec remote = part(to);
                               whole(::process_vm_writev(calls.pid, &local, 1, &remote, 1, 0)))},
    {"sendfile", BARE(off_t offset = 0; ::lseek(calls.destination, 0, SEEK_SET);
                      whole(::sendfile(calls.destination, calls.source, &offset, bytes)))},
    {"copy-file-range", BARE(off_t in = 0; off_t out = 0; whole(::copy_file_range(
                            calls.source, &in, calls.destination, &out, bytes, 0)))},
    {"vmsplice", BARE(const iovec spliced = part(from);
                      whole(::vmsplice(calls.pipe[1], &spliced, 1, SPLICE_F_NONBLOCK));
                      whole(::read(calls.pipe[0], to, bytes)))},
};

#undef BARE_VECTOR
#undef BARE_REP
#undef BARE

void measure_kernel(benchmark::State& state, const Kernel& kernel, const Arena& arena) {
  bytepath::kernels::State own(nullptr, [](void*) {});
  if (kernel.open) {
    auto opened = kernel.open(kernel, arena);
    if (!opened) return state.SkipWithError(opened.error().message.c_str());
    own = std::move(*opened);
  }
  while (state.KeepRunningBatch(batch))
    if (kernel.repeat(own.get(), arena.destination, arena.source, bytes, std::size_t{batch}) != 0)
      return state.SkipWithError("a copy failed");
  state.SetBytesProcessed(state.iterations() * std::int64_t{bytes});
}

void measure_bare(benchmark::State& state, Bare bare, const Arena& arena) {
  while (state.KeepRunningBatch(batch)) bare(arena.destination, arena.source, batch);
  state.SetBytesProcessed(state.iterations() * std::int64_t{bytes});
}

// The call that a program makes. The address is known only at run time, so it stays a call.
template <class Function, class... Value>
void measure_call(benchmark::State& state, Function* function, void* to, Value... value) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(function(to, value..., bytes));
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * std::int64_t{bytes});
}

void add_bare_call(const Kernel& kernel, const Arena& arena, const std::string& name) {
  void* const target = const_cast<void*>(kernel.target);
  if (kernel.fills) {
    benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
      measure_call(state, reinterpret_cast<decltype(&std::memset)>(target), arena.destination, 0);
    });
    return;
  }
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
    measure_call(state, reinterpret_cast<decltype(&std::memcpy)>(target), arena.destination,
                 static_cast<const void*>(arena.source));
  });
}

void add_kernel(const Kernel& kernel, const Arena& arena, const std::string& name) {
  benchmark::RegisterBenchmark(
      name.c_str(), [=](benchmark::State& state) { measure_kernel(state, kernel, arena); });
}

void add(const Kernel& kernel, const Arena& arena) {
  add_kernel(kernel, arena, "kernel/" + kernel.name);
  const std::string name = "bare/" + kernel.name;
  if (kernel.family == bytepath::kernels::Family::libc) return add_bare_call(kernel, arena, name);
  const auto bare = bare_loops.find(kernel.name);
  if (bare == bare_loops.end()) return;
  benchmark::RegisterBenchmark(
      name.c_str(), [=](benchmark::State& state) { measure_bare(state, bare->second, arena); });
}

void add_as_malloc_places_it(const Kernel& kernel, Arena arena) {
  constexpr std::size_t header = 16;  // of glibc's blocks
  arena.source += header;
  arena.destination += header;
  add_kernel(kernel, arena, "kernel-malloc/" + kernel.name);
  add_bare_call(kernel, arena, "bare-malloc/" + kernel.name);
}

}  // namespace

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
  constexpr std::size_t half = 16 * bytes;
  void* memory =
      ::mmap(nullptr, 2 * half, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 4;
  std::memset(memory, 1, 2 * half);
  auto* first = static_cast<std::byte*>(memory);
  const Arena arena{.source = first, .destination = first + half, .size = half, .directory = ""};
  if (!ready(arena)) return 4;
  for (const auto& kernel : bytepath::kernels::all())
    if (kernel.unavailable.empty()) {
      add(kernel, arena);
      if (kernel.name == "memcpy") add_as_malloc_places_it(kernel, arena);
    }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
