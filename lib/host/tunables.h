#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/glibc_version.h"

namespace bytepath::host {

enum class TunableVerdict {
  accepted,  // in force as written
  changed,   // in force with another value than the one written
  ignored,   // glibc silently keeps its default
  unknown,   // this glibc has no such tunable, or we do not judge it
  useless,   // in force, without the effect that people set it for
  harmful,   // in force, and makes copies slower on the CPUs with the rep movsb anomaly
};

struct TunableFinding {
  std::string tunable;  // "glibc.cpu.x86_rep_movsb_threshold"
  std::string value;    // as written
  TunableVerdict verdict = TunableVerdict::unknown;
  std::string why;
};

// What decides whether a value is accepted.
struct TunableContext {
  std::optional<GlibcVersion> version;  // nothing: every version is thought of
  bool glibc = true;                    // false: musl and others do not read the variable
  std::size_t vector_bytes = 0;         // of the copy functions: 16, 32, 64; 0: not known
  // Whether this glibc avoids rep movsb on AMD by itself; nothing: by version.
  std::optional<bool> avoids_rep_movsb;
};

// The value of GLIBC_TUNABLES. At most 1024 settings are judged; the later of two for one tunable
// is the one in force.
std::vector<TunableFinding> judge_tunables(std::string_view variable,
                                           const TunableContext& context);

// GLIBC_TUNABLES in the NUL-separated content of /proc/PID/environ; nothing when it is not set.
std::optional<std::string_view> find_tunables_variable(std::string_view environment);

std::string_view to_text(TunableVerdict verdict);

}  // namespace bytepath::host
