#include <gtest/gtest.h>

#include "pages/process_pages.h"

namespace bytepath::pages {
namespace {

// Two mappings of one process, Linux 6.18: some pages by 2 MiB entries; and MADV_RANDOM.
constexpr std::string_view recorded =
    R"(7f912b600000-7f912f600000 r--s 00200000 fe:00 11051355                   /models/my model.gguf
Size:              65536 kB
KernelPageSize:        4 kB
MMUPageSize:           4 kB
Rss:               38080 kB
Pss:               38080 kB
Pss_Dirty:             0 kB
Shared_Clean:          0 kB
Shared_Dirty:          0 kB
Private_Clean:     38080 kB
Private_Dirty:         0 kB
Referenced:        38076 kB
Anonymous:             0 kB
KSM:                   0 kB
LazyFree:              0 kB
AnonHugePages:         0 kB
ShmemPmdMapped:        0 kB
FilePmdMapped:     30720 kB
Shared_Hugetlb:        0 kB
Private_Hugetlb:       0 kB
Swap:                  0 kB
SwapPss:               0 kB
Locked:                0 kB
THPeligible:           0
VmFlags: rd mr me ms 
7fb980800000-7fb984800000 r--s 00000000 fe:00 11051356                   /models/b.gguf (deleted)
Size:              65536 kB
Rss:               52480 kB
Referenced:            0 kB
FilePmdMapped:         0 kB
VmFlags: rd mr me ms rr 
7fb984800000-7fb984900000 rw-p 00000000 00:00 0 
Rss:                   4 kB
VmFlags: rd wr mr mw me sr 
)";

TEST(MappingUse, ReadsWhatTheKernelWrites) {
  const auto uses = parse_mapping_use(recorded);
  ASSERT_EQ(uses.size(), 3U);
  EXPECT_EQ(uses[0].start, 0x7f912b600000U);
  EXPECT_EQ(uses[0].end, 0x7f912f600000U);
  EXPECT_EQ(uses[0].file_offset, 0x200000U);
  EXPECT_EQ(uses[0].inode, 11051355U);
  EXPECT_EQ(uses[0].path, "/models/my model.gguf");
  EXPECT_EQ(uses[0].resident, 38080U * 1024);
  EXPECT_EQ(uses[0].referenced, 38076U * 1024);
  EXPECT_EQ(uses[0].huge_mapped, 30720U * 1024);
  EXPECT_FALSE(uses[0].random_read);
  EXPECT_FALSE(uses[0].sequential_read);
  EXPECT_EQ(uses[1].path, "/models/b.gguf");
  EXPECT_EQ(uses[1].resident, 52480U * 1024);
  EXPECT_EQ(uses[1].referenced, 0U);
  EXPECT_TRUE(uses[1].random_read);
  EXPECT_FALSE(uses[1].sequential_read);
  EXPECT_EQ(uses[2].path, "");
  EXPECT_EQ(uses[2].inode, 0U);
  EXPECT_TRUE(uses[2].sequential_read);
}

TEST(MappingUse, TakesNoPathForADetail) {
  const auto uses = parse_mapping_use(
      "1000-2000 r--s 00000000 fe:00 5 /models/Rss: 7 kB\n"
      "Rss:  4 kB\n"
      "2000-3000 r--s 00000000 fe:00 6 /VmFlags: rr\n");
  ASSERT_EQ(uses.size(), 2U);
  EXPECT_EQ(uses[0].path, "/models/Rss: 7 kB");
  EXPECT_EQ(uses[0].resident, 4096U);
  EXPECT_EQ(uses[1].path, "/VmFlags: rr");
  EXPECT_FALSE(uses[1].random_read);
}

TEST(MappingUse, GivesDetailsToTheirOwnMapping) {
  const auto uses = parse_mapping_use(
      "Rss: 1 kB\n"  // of a mapping that was not read
      "1000-2000 r--s 0 fe:00 5 /a\n"
      "Rss: 4 kB\n"
      "3000-2000 r--s 0 fe:00 6 /not a range\n"
      "Rss: 8 kB\n"
      "VmFlags: rr\n");
  ASSERT_EQ(uses.size(), 1U);
  EXPECT_EQ(uses[0].resident, 4096U);
  EXPECT_FALSE(uses[0].random_read);
}

TEST(MappingUse, TakesNoBrokenNumbers) {
  const auto uses = parse_mapping_use(
      "1000-2000 r--s 0 fe:00 5 /a\n"
      "Rss: 18446744073709551615 kB\n"
      "Referenced: 4\n"
      "FilePmdMapped:\n"
      "VmFlags:\n"
      "VmFlags: rrr xsr");
  ASSERT_EQ(uses.size(), 1U);
  EXPECT_EQ(uses[0].resident, 0U);
  EXPECT_EQ(uses[0].referenced, 0U);
  EXPECT_EQ(uses[0].huge_mapped, 0U);
  EXPECT_FALSE(uses[0].random_read);
  EXPECT_FALSE(uses[0].sequential_read);
  EXPECT_TRUE(parse_mapping_use("").empty());
  EXPECT_TRUE(parse_mapping_use("\n\n:\n").empty());
}

}  // namespace
}  // namespace bytepath::pages
