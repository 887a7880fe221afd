#pragma once
#include <algorithm>
#include <cstdint>
#include <string>

#include "mounts/mount_trace.h"

// Recorded traces of mounts, made by hand.
namespace bytepath::test {

inline constexpr std::uint64_t erofs_device = 42;
inline constexpr std::uint64_t fuse_device = 41;
inline constexpr std::uint32_t opcode_lookup = 1;  // linux/fuse.h
inline constexpr std::uint32_t opcode_read = 15;

inline mounts::Request read_request(std::uint64_t inode, std::uint64_t offset, std::uint32_t bytes,
                                    std::uint64_t begin_ns, std::uint64_t latency_ns = 2'000'000,
                                    std::uint16_t flags = mounts::Request::target) {
  return {.begin_ns = begin_ns,
          .end_ns = begin_ns + latency_ns,
          .device = fuse_device,
          .inode = inode,
          .node = inode + 100,
          .offset = offset,
          .size = bytes,
          .replied = bytes,
          .opcode = opcode_read,
          .error = 0,
          .process = 700,
          .thread = 701,
          .daemon_process = 500,
          .daemon_thread = 501,
          .open_flags = 0,
          .flags = flags,
          .reserved = 0};
}

// A start of a program in an EROFS image of 8 MiB, which is a file of a FUSE mount: three of its
// files are read, for which the FUSE mount gets 40 requests to read, 36 of the target, and a
// LOOKUP. What is read at the FUSE mount are bytes 0 to 1 MiB in pieces of 64 KiB by the target,
// 1 MiB to 3 MiB in pieces of 128 KiB by its readahead, four pieces of 4 KiB each a MiB apart from
// 4 MiB on, and four of 32 KiB behind 7 MiB by somebody else.
inline mounts::MountTrace erofs_on_fuse() {
  using namespace mounts;
  constexpr std::uint64_t kib = 1024;
  constexpr std::uint64_t mib = kib * kib;
  constexpr std::uint64_t step_ns = 1'000'000;
  MountTrace trace;
  trace.version = "test";
  trace.started = "2026-11-26T13:00:00Z";
  trace.begin_ns = 5'000'000'000;
  trace.levels = {"fuse", "cache"};
  trace.command = {"python3", "-c", "import json"};
  trace.exit_code = 0;
  trace.mounts = {{.device = erofs_device,
                   .depth = 0,
                   .path = "/mnt/root",
                   .type = "erofs",
                   .source = "/mnt/fuse/image",
                   .bytes = 8 * mib,
                   .readahead_bytes = 128 * kib},
                  {.device = fuse_device,
                   .depth = 1,
                   .path = "/mnt/fuse",
                   .type = "fuse.lazyfs",
                   .source = "lazyfs",
                   .bytes = 0,
                   .readahead_bytes = 128 * kib}};
  std::uint64_t now = trace.begin_ns;
  const auto read = [&](std::uint64_t offset, std::uint64_t bytes, std::uint16_t flags) {
    now += step_ns;
    trace.requests.push_back(
        read_request(2, offset, static_cast<std::uint32_t>(bytes), now, 2 * step_ns, flags));
  };
  for (std::uint64_t i = 0; i < 16; ++i) read(i * 64 * kib, 64 * kib, Request::target);
  for (std::uint64_t i = 0; i < 16; ++i)
    read(mib + i * 128 * kib, 128 * kib, Request::target | Request::background);
  for (std::uint64_t i = 0; i < 4; ++i) read((4 + i) * mib, 4 * kib, Request::target);
  for (std::uint64_t i = 0; i < 4; ++i) read(7 * mib + (i + 1) * 32 * kib, 32 * kib, 0);
  trace.requests.push_back({.begin_ns = trace.begin_ns,
                            .end_ns = trace.begin_ns + step_ns,
                            .device = fuse_device,
                            .inode = 0,
                            .node = 1,
                            .opcode = opcode_lookup,
                            .flags = Request::target});
  std::ranges::sort(trace.requests, {}, &Request::end_ns);

  const auto access = [&](std::uint64_t inode, std::uint64_t page, std::uint32_t pages,
                          std::uint64_t after_ms, std::uint16_t way) {
    trace.accesses.push_back({.time_ns = trace.begin_ns + after_ms * step_ns,
                              .device = erofs_device,
                              .inode = inode,
                              .page = page,
                              .pages = pages,
                              .missed = pages,
                              .process = 700,
                              .thread = 701,
                              .way = way,
                              .outcome = Access::miss,
                              .flags = by_target,
                              .reserved = 0});
  };
  access(12, 0, 16, 1, Access::read);
  access(11, 0, 4, 20, Access::fault);
  access(12, 64, 16, 25, Access::read);
  access(13, 8, 1, 36, Access::fault);
  const auto heat = [&](std::uint64_t inode, std::uint64_t after_ms, std::uint64_t touched,
                        std::uint64_t mapped) {
    trace.heat.push_back({.device = erofs_device,
                          .inode = inode,
                          .chunk = 0,
                          .first_ns = trace.begin_ns + after_ms * step_ns,
                          .touched = {touched, 0},
                          .mapped = {mapped, 0},
                          .cached = {touched | mapped, 0}});
  };
  heat(12, 1, 0xffffULL, 0xffffULL);
  heat(11, 20, 0xfULL, 0xffULL);
  heat(13, 36, 0x100ULL, 0x100ULL);
  trace.heat.front().touched[1] = trace.heat.front().mapped[1] = 0xffffULL;
  trace.files = {
      {.id = {.device = erofs_device, .inode = 11}, .bytes = 600 * kib, .path = "/lib/libc.so.6"},
      {.id = {.device = erofs_device, .inode = 12}, .bytes = 2 * mib, .path = "/usr/bin/python3"},
      {.id = {.device = erofs_device, .inode = 13},
       .bytes = 100'000,
       .path = "/usr/lib/python 3/json.py"},
      {.id = {.device = fuse_device, .inode = 2}, .node = 102, .bytes = 8 * mib, .path = "/image"}};
  trace.processes = {{.number = 700, .name = "python3", .is_daemon = false},
                     {.number = 500, .name = "lazyfs", .is_daemon = true}};
  trace.end_ns = now + 10 * step_ns;
  return trace;
}

}  // namespace bytepath::test
