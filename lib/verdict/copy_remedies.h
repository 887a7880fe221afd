#pragma once
#include <string>
#include <vector>

#include "result/document.h"
#include "verdict/offset_classes.h"

// What mends a slow copy, best first, with the command for this host and whether it was tried here
// (the table "remedy_trials", made by memcpy-probe --verify).
namespace bytepath::verdict {

// The tunable that keeps glibc off rep movsb: any threshold at or above the size where it stops
// using it anyway (its "stop threshold": the L2 size in glibc 2.34 to 2.39).
inline constexpr const char* threshold_tunable = "glibc.cpu.x86_rep_movsb_threshold=0x40000000";
inline constexpr const char* no_erms_tunable = "glibc.cpu.hwcaps=-ERMS";

std::vector<result::Remedy> libc_remedies(const result::Document& document,
                                          const OffsetClass& offsets);
std::vector<result::Remedy> syscall_remedies(const OffsetClass& offsets);
std::vector<result::Remedy> instruction_remedies(const OffsetClass& offsets);

}  // namespace bytepath::verdict
