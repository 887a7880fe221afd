#include "host/glibc_version.h"

#include <gtest/gtest.h>

namespace bytepath::host {
namespace {

using namespace std::string_view_literals;

TEST(GlibcVersion, IsReadFromText) {
  EXPECT_EQ(parse_glibc_version("2.36"), (GlibcVersion{2, 36}));
  EXPECT_EQ(parse_glibc_version("2.36.9000"), (GlibcVersion{2, 36}));
  EXPECT_FALSE(parse_glibc_version("2"));
  EXPECT_FALSE(parse_glibc_version("two.three"));
  EXPECT_FALSE(parse_glibc_version("2.99999999999"));
}

TEST(GlibcBanner, IsFoundAmongOtherText) {
  const auto banner = find_glibc_banner(
      "x\0GNU C Library (\0GNU C Library (Debian GLIBC 2.36-9+deb12u14) stable release version "
      "2.36.\nCopyright"sv);
  ASSERT_TRUE(banner);
  EXPECT_EQ(banner->package, "Debian GLIBC 2.36-9+deb12u14");
  EXPECT_EQ(banner->version, "2.36");
  const auto nested =
      find_glibc_banner("GNU C Library (A (b) 1) development release version 2.42.9000.\n"sv);
  ASSERT_TRUE(nested);
  EXPECT_EQ(nested->package, "A (b) 1");
  EXPECT_EQ(nested->version, "2.42.9000");
  EXPECT_FALSE(find_glibc_banner("GNU C Library (cut"sv));
  EXPECT_FALSE(find_glibc_banner(""sv));
}

TEST(MuslVersion, IsTheOnlyStringOfItsForm) {
  EXPECT_EQ(find_musl_version("a\0"
                              "1.2.3\0b"sv),
            "1.2.3");
  EXPECT_FALSE(
      find_musl_version("a\0"
                        "1.2.3\0"
                        "1.1.24\0"sv));
  EXPECT_FALSE(
      find_musl_version("a\0"
                        "1.2\0"sv));
  EXPECT_FALSE(
      find_musl_version("a\0"
                        "1.2.3"sv));
}

TEST(AmdInference, FollowsTheReleases) {
  auto selection = [](unsigned minor) {
    return infer_amd_selection(GlibcVersion{2, minor}).selection;
  };
  EXPECT_EQ(selection(31), AmdSelection::not_known);
  EXPECT_EQ(selection(33), AmdSelection::rep_movsb);
  EXPECT_EQ(selection(34), AmdSelection::rep_movsb_window);
  EXPECT_EQ(selection(38), AmdSelection::rep_movsb_window);
  EXPECT_EQ(selection(39), AmdSelection::by_branch_snapshot);
  EXPECT_EQ(selection(40), AmdSelection::vector);
  EXPECT_EQ(infer_amd_selection(std::nullopt).selection, AmdSelection::not_known);
}

}  // namespace
}  // namespace bytepath::host
