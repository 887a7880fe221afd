#include <cstdlib>

#include "host/glibc_version.h"
#include "host/tunables.h"

namespace host = bytepath::host;

// The environment of a process, and the read-only data of a libc.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view variable = host::find_tunables_variable(text).value_or(text);
  for (const unsigned minor : {31U, 36U, 41U}) {
    const host::TunableContext context{.version = host::GlibcVersion{2, minor},
                                       .vector_bytes = minor == 36 ? 32U : 0U};
    for (const auto& finding : host::judge_tunables(variable, context))
      if (finding.why.empty()) std::abort();
  }
  if (const auto banner = host::find_glibc_banner(text))
    (void)host::infer_amd_selection(host::parse_glibc_version(banner->version));
  (void)host::find_musl_version(text);
  return 0;
}
