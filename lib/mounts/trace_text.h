#pragma once
#include <string>
#include <string_view>

#include "mounts/mount_trace.h"

// The JSON blocks of a trace file.
namespace bytepath::mounts {

std::string header_text(const MountTrace& trace);
// Files, peers, HTTP requests and processes; empty where there are none.
std::string names_text(const MountTrace& trace);
std::string end_text(const MountTrace& trace);

// Adds what the text of any of these three has. false: it is none, and the trace is as it was.
bool read_text(std::string_view text, MountTrace& trace);

}  // namespace bytepath::mounts
