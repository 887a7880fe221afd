#include "mounts/fuse_daemons.h"

#include <gmock/gmock.h>
#include <sys/sysmacros.h>

#include <filesystem>

#include "support/temporary_folder.h"

namespace bytepath::mounts {
namespace {

constexpr const char* tcp =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n"
    "   0: 0100007F:A6E5 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 "
    "4711 1\n"
    "   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
    "4712 1\n";

TEST(FuseDaemons, KnowThePeersOfASocket) {
  const auto peers = peers_from_text(tcp);
  ASSERT_EQ(peers.size(), 1U) << "one listens";
  EXPECT_EQ(peers.at(4711).address, "127.0.0.1");
  EXPECT_EQ(peers.at(4711).port, 8080);
  const auto six = peers_from_text(
      "   0: 00000000000000000000000001000000:A6E5 00000000000000000000000001000000:0050 01 0:0 "
      "0:0 "
      "0 0 0 77 1\n");
  ASSERT_EQ(six.size(), 1U);
  EXPECT_EQ(six.at(77).address, "::1");
}

TEST(FuseDaemons, SurviveWhatIsNoTable) {
  for (const char* text : {"", "\n\n", "a b c 01 e f g h i j", "0: 1:2 0100007F 01 0 0 0 0 0 7",
                           "0: 1:2 0100007F:FFFFF 01 0 0 0 0 0 7", "0: 1:2 01:50 01 0 0 0 0 0 7"})
    EXPECT_TRUE(peers_from_text(text).empty()) << text;
}

TEST(FuseDaemons, AreFoundByTheirConnection) {
  const test::TemporaryFolder folder;
  const auto process = [&](const std::string& number, const std::string& connection) {
    const auto base = folder.path() + "/proc/" + number;
    std::filesystem::create_directories(base + "/fd");
    std::filesystem::create_directories(base + "/fdinfo");
    std::filesystem::create_directories(base + "/net");
    std::filesystem::create_symlink("/dev/fuse", base + "/fd/3");
    std::filesystem::create_symlink("socket:[4711]", base + "/fd/4");
    folder.write("proc/" + number + "/fdinfo/3", "pos:\t0\nfuse_connection:\t" + connection + "\n");
    folder.write("proc/" + number + "/comm", "lazyfs\n");
    folder.write("proc/" + number + "/net/tcp", tcp);
  };
  process("100", "38");
  process("200", "39");
  const auto found = daemons_of(makedev(0, 38), {folder.path()});
  ASSERT_EQ(found.daemons.size(), 1U);
  EXPECT_EQ(found.daemons[0].process, 100U);
  EXPECT_EQ(found.daemons[0].name, "lazyfs");
  ASSERT_EQ(found.daemons[0].peers.size(), 1U);
  EXPECT_EQ(found.daemons[0].peers[0].port, 8080);
}

}  // namespace
}  // namespace bytepath::mounts
