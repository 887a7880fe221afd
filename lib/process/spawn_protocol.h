// What run-probe and its spawn helper say to each other over a socket; shared by C and C++. Both
// ends are built together and start each other, so there is no version and no byte order.
#pragma once
#include <stdint.h>

// Followed by `strings_size` bytes: the program's path (empty: run the descriptor), then
// `argument_count` and `environment_count` texts, each ended by a zero byte; before them
// `group_count` numbers of 32 bits. With it travel, in this order, descriptors for standard input,
// output and error, then the program's and the control group's where the flags say so.
struct bytepath_spawn_request {
  uint64_t timeout_ns;  // 0: none
  uint32_t strings_size;
  uint32_t argument_count;
  uint32_t environment_count;
  uint32_t flags;
  uint32_t user;  // with bytepath_spawn_as_user
  uint32_t group;
  uint32_t group_count;
};

enum {
  bytepath_spawn_has_program = 1,   // a descriptor of the program to run
  bytepath_spawn_has_cgroup = 2,    // a descriptor of cgroup.procs
  bytepath_spawn_as_user = 4,       // give up our rights for user, group and the groups
  bytepath_spawn_own_group = 8,     // lead a process group, which is signalled as a whole
  bytepath_spawn_undisturbed = 16,  // signals are not passed on
  bytepath_spawn_max_descriptors = 5,
  bytepath_spawn_max_groups = 65536  // NGROUPS_MAX of Linux
};

// Where starting failed; 0 when the program ran.
enum {
  bytepath_spawn_started = 0,
  bytepath_spawn_no_process = 1,  // vfork
  bytepath_spawn_no_cgroup = 2,   // writing cgroup.procs
  bytepath_spawn_no_user = 3,     // setgroups, setgid, setuid
  bytepath_spawn_no_program = 4,  // execve
  bytepath_spawn_bad_request = 5
};

struct bytepath_spawn_reply {
  uint64_t started_ns;  // CLOCK_MONOTONIC, before vfork(2)
  uint64_t ended_ns;    // after wait4(2)
  uint64_t user_us;     // of the process and the children it waited for, as all below
  uint64_t system_us;
  uint64_t max_rss_kib;
  uint64_t minor_faults;
  uint64_t major_faults;
  uint64_t blocks_in;  // of 512 bytes
  uint64_t blocks_out;
  uint64_t voluntary_switches;
  uint64_t involuntary_switches;
  int32_t status;  // of wait4(2)
  int32_t failed_step;
  int32_t error;  // errno of the failed step
  int32_t timed_out;
};
