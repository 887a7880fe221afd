#include "copies/copy_sites.h"

#include <gtest/gtest.h>

#include <cstring>

#include "copies/offset_band.h"
#include "copies/traced_copies.h"

namespace bytepath::copies {
namespace {

bytepath_place place_of(const std::vector<const char*>& last_first) {
  bytepath_place place{.inode = 7, .device = 8U << 20 | 1};
  for (const char* name : last_first) std::strcpy(place.names[place.parts++], name);
  return place;
}

constexpr std::uint64_t device = 8 << 8 | 1;  // as stat(2) has 8:1

TEST(PathOfPlace, IsThatOfTheMountThatShowsIt) {
  const auto place = place_of({"libx.so", "lib", "opt"});
  EXPECT_EQ(path_of(place, {}), "/opt/lib/libx.so");
  EXPECT_EQ(path_of(place, {{.device = device, .root = "/", .path = "/"}}), "/opt/lib/libx.so");
  EXPECT_EQ(path_of(place, {{.device = 1, .root = "/", .path = "/a"},
                            {.device = device, .root = "/", .path = "/mnt"}}),
            "/mnt/opt/lib/libx.so");
  EXPECT_EQ(path_of(place, {{.device = device, .root = "/var", .path = "/b"},
                            {.device = device, .root = "/opt", .path = "/c"}}),
            "/c/lib/libx.so");
}

TEST(PathOfPlace, OfMemoryWithoutAFileIsEmpty) { EXPECT_EQ(path_of(bytepath_place{}, {}), ""); }

TEST(PathOfPlace, HoldsWhatTheKernelMayHaveWrittenWrong) {
  bytepath_place place{.inode = 7, .parts = 4000};
  std::memset(place.names, 'x', sizeof place.names);  // no end anywhere
  EXPECT_EQ(path_of(place, {}).size(),
            std::size_t{bytepath_place_parts} * (bytepath_place_name + 1));
}

TEST(KindOfSite, IsByFileAndByFunction) {
  EXPECT_EQ(kind_of({.image = "[kernel]"}, true), SiteKind::kernel);
  EXPECT_EQ(kind_of({.image = "/usr/lib/x86_64-linux-gnu/libc.so.6"}, false), SiteKind::libc);
  EXPECT_EQ(kind_of({.image = "/srv/static", .function = "__memmove_avx_unaligned_erms"}, false),
            SiteKind::libc);
  EXPECT_EQ(kind_of({.image = "/srv/static", .function = "memmove_rows"}, false),
            SiteKind::program);
}

TEST(OffsetBands, CoverEveryOffsetOnce) {
  unsigned next = 0;
  for (const OffsetBand& band : offset_bands) {
    EXPECT_EQ(band.first, next);
    next = band.last + 1;
  }
  EXPECT_EQ(next, 4096U);
  EXPECT_EQ(band_name(band_of(0)), "0");
  EXPECT_EQ(band_name(band_of(1)), "1..15");
  EXPECT_EQ(band_name(band_of(15)), "1..15");
  EXPECT_EQ(band_name(band_of(16)), "16..31");
  EXPECT_EQ(band_name(band_of(63)), "32..63");
  EXPECT_EQ(band_name(band_of(64)), "64..4095");
  EXPECT_EQ(band_name(band_of(4095)), "64..4095");
}

TEST(DeniedSampling, NamesWhatIsLackingAndTheWayOut) {
  const Error refused{.kind = ErrorKind::denied, .message = "refused", .hint = "hint"};
  const Error bare =
      explain_denied(refused, "CapEff:\t0000000000000000\n", "/usr/bin/memcpy-probe");
  EXPECT_EQ(bare.kind, ErrorKind::denied);
  EXPECT_TRUE(bare.message.contains("CAP_BPF and CAP_PERFMON")) << bare.message;
  EXPECT_EQ(bare.hint,
            "sudo, or once: sudo setcap "
            "cap_bpf,cap_perfmon,cap_dac_read_search,cap_sys_ptrace,cap_syslog+ep "
            "/usr/bin/memcpy-probe");
  const Error half = explain_denied(refused, "CapEff:\t0000004000000000\n", "p");  // PERFMON is 38
  EXPECT_TRUE(half.message.contains("needs CAP_BPF, which")) << half.message;
  const Error other = explain_denied(refused, "CapEff:\t000000c000000000\n", "p");
  EXPECT_EQ(other.message, "refused");
}

}  // namespace
}  // namespace bytepath::copies
