#pragma once
#include <cstdint>

#include "mounts/mount_stack.h"
#include "mounts/recorder.h"
#include "trace/mount_tracer.h"

// What recording a mount and watching it have in common.
namespace bytepath::mounts {

// CLOCK_MONOTONIC.
std::uint64_t now_ns();

// For the mounts of `stack`; without a target.
trace::MountTracerOptions tracer_options(const RecordOptions& options, const MountStack& stack);

// The daemon of a FUSE mount is known to the tracer once it has answered: asks each for something.
void ask_daemons(const MountStack& stack);

bool is_mounted(const host::MountEntry& entry);

Losses losses_of(const trace::MountTracerLosses& lost);

}  // namespace bytepath::mounts
