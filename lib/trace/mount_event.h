// What the tracer of mounts tells user space; shared by C++ and the BPF program. Both are built
// together, so there is no version. Times are CLOCK_MONOTONIC, devices as the kernel keeps them:
// major << 20 | minor. Processes and threads are numbered as the tracer's PID namespace does; 0:
// not known there. mounts/mount_trace.h says what each field means.
#pragma once
#include "event_types.h"

// NOLINTBEGIN(readability-identifier-naming,modernize-macro-to-enum): C, for BPF

#define BYTEPATH_PATH_PARTS 10
#define BYTEPATH_NAME_BYTES 128
#define BYTEPATH_HTTP_BYTES 512
#define BYTEPATH_MOST_DEVICES 8

enum {
  bytepath_mount_request = 1,
  bytepath_mount_access = 2,
  bytepath_mount_stall = 3,
  bytepath_mount_transfer = 4,
  bytepath_mount_file = 5,
  bytepath_mount_http = 6,
};

// Request::flags
enum {
  bytepath_request_target = 1,
  bytepath_request_background = 2,
  bytepath_request_direct = 4,
};

struct bytepath_request_event {
  bytepath_u16 kind;
  bytepath_u16 flags;
  bytepath_u32 device;
  bytepath_u64 begin_ns;
  bytepath_u64 end_ns;
  bytepath_u64 inode;
  bytepath_u64 node;
  bytepath_u64 offset;
  bytepath_u32 size;
  bytepath_u32 replied;
  bytepath_u32 opcode;
  bytepath_u32 error;  // negative errno
  bytepath_u32 process;
  bytepath_u32 thread;
  bytepath_u32 daemon_process;
  bytepath_u32 daemon_thread;
  bytepath_u32 open_flags;
  bytepath_u32 reserved;
};

// Access::way, Access::outcome
enum { bytepath_way_read = 1, bytepath_way_fault = 2 };
enum { bytepath_outcome_miss = 1, bytepath_outcome_late = 2 };

struct bytepath_access_event {
  bytepath_u16 kind;
  bytepath_u16 is_target;
  bytepath_u32 device;
  bytepath_u64 time_ns;
  bytepath_u64 inode;
  bytepath_u64 page;
  bytepath_u32 pages;
  bytepath_u32 missed;
  bytepath_u32 process;
  bytepath_u32 thread;
  bytepath_u16 way;
  bytepath_u16 outcome;
  bytepath_u32 reserved;
};

// Stall::cause
enum { bytepath_cause_read = 1, bytepath_cause_fault = 2, bytepath_cause_request = 3 };

struct bytepath_stall_event {
  bytepath_u16 kind;
  bytepath_u16 is_target;
  bytepath_u32 device;
  bytepath_u64 begin_ns;
  bytepath_u64 end_ns;
  bytepath_u64 inode;
  bytepath_u64 page;
  bytepath_u32 process;
  bytepath_u32 thread;
  bytepath_u32 opcode;
  bytepath_u16 cause;
  bytepath_u16 reserved;
};

// Transfer::direction
enum { bytepath_sent = 1, bytepath_received = 2 };

struct bytepath_transfer_event {
  bytepath_u16 kind;
  bytepath_u16 direction;
  bytepath_u16 family;  // AF_INET, AF_INET6, AF_UNIX
  bytepath_u16 port;    // the peer's, in network byte order
  bytepath_u64 time_ns;
  bytepath_u64 socket;
  bytepath_u32 bytes;
  bytepath_u32 process;
  bytepath_u32 thread;
  bytepath_u8 address[16];  // the peer's; of AF_INET the first four
  bytepath_u32 reserved;
};

// The names from the file up to the root of its mount, each ended by a zero; too long ones are cut.
struct bytepath_file_event {
  bytepath_u16 kind;
  bytepath_u16 parts;
  bytepath_u32 device;
  bytepath_u64 inode;
  bytepath_u64 node;
  bytepath_u64 bytes;
  char names[BYTEPATH_PATH_PARTS][BYTEPATH_NAME_BYTES];
};

// The beginning of what a daemon sends that looks like a request of HTTP/1. It may hold a secret:
// user space takes the method, the path and the range, and no more.
struct bytepath_http_event {
  bytepath_u16 kind;
  bytepath_u16 length;  // of text
  bytepath_u32 thread;
  bytepath_u64 time_ns;
  bytepath_u64 socket;
  char text[BYTEPATH_HTTP_BYTES];
};

// What is kept of a chunk of a file in the kernel, and read at the end: see mounts::Heat.
struct bytepath_heat_key {
  bytepath_u64 inode;
  bytepath_u32 device;
  bytepath_u32 chunk;
};

struct bytepath_heat {
  bytepath_u64 first_ns;
  bytepath_u64 accessed;  // pages that the target's accesses were about
  bytepath_u64 touched[2];
  bytepath_u64 mapped[2];
  bytepath_u64 cached[2];
};

// NOLINTEND(readability-identifier-naming,modernize-macro-to-enum)
