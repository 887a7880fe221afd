#include "verdict/copy_remedies.h"

#include "verdict/copy_measurements.h"

namespace bytepath::verdict {
namespace {

// Did --verify try this setting, and did it help?
std::optional<bool> tried(const result::Document& document, const std::string& setting) {
  const auto* trials = find_table(document, "remedy_trials");
  if (trials == nullptr) return std::nullopt;
  for (const auto& row : trials->rows) {
    const auto helps = cell(*trials, row, "helps");
    if (cell(*trials, row, "setting") == result::Value(setting) &&
        std::holds_alternative<bool>(helps)) {
      return std::get<bool>(helps);
    }
  }
  return std::nullopt;
}

std::string outside(const OffsetClass& offsets, const char* what) {
  return fmt::format("keep {} mod 4096 out of {}", what, format_offsets(offsets));
}

result::Remedy firmware() {
  // AGESA options ACT_CFG_UID_CmnCpuFSRM and ACT_CFG_UID_CmnCpuERMS, "set to zero for analysis".
  return {.text =
              "switch \"Enhanced REP MOVSB/STOSB\" and \"Fast Short REP MOVSB\" off in the "
              "firmware setup (AMD CBS, CPU common options), where the firmware shows them"};
}

}  // namespace

std::vector<result::Remedy> libc_remedies(const result::Document& document,
                                          const OffsetClass& offsets) {
  return {
      {.text =
           "raise glibc's rep movsb threshold for the programs that are hit; memcpy then copies "
           "by vectors at every size",
       .command = fmt::format("GLIBC_TUNABLES={} PROGRAM", threshold_tunable),
       .verified = tried(document, threshold_tunable)},
      {.text = "or hide ERMS from glibc, which then selects a variant without rep movsb",
       .command = fmt::format("GLIBC_TUNABLES={} PROGRAM", no_erms_tunable),
       .verified = tried(document, no_erms_tunable)},
      {.text = "move to glibc 2.40 or newer (or a 2.39 with the fix of BZ 30994), which keeps AMD "
               "CPUs off rep movsb"},
      {.text = outside(offsets, "(destination - source)") +
               " in the program: allocate both buffers page-aligned and copy from and to equal "
               "offsets"},
  };
}

std::vector<result::Remedy> syscall_remedies(const OffsetClass& offsets) {
  return {
      {.text = outside(offsets, "(buffer - file offset)") +
               " when reading, (file offset - buffer) when writing: page-align the buffer "
               "(posix_memalign) and read from page-aligned file offsets, header included; no "
               "GLIBC_TUNABLES reach the kernel"},
      {.text = "boot with both bits hidden from the kernel; it then copies by rep movsq, which is "
               "hit less (see rep-movsq); one of the two bits alone does not help",
       .command = "clearcpuid=erms,fsrm   (kernel command line)"},
      firmware(),
  };
}

std::vector<result::Remedy> instruction_remedies(const OffsetClass& offsets) {
  return {{.text = outside(offsets, "(destination - source)") +
                   ", or copy by vector loads and stores where the program or compiler inlines "
                   "this instruction"},
          firmware()};
}

}  // namespace bytepath::verdict
