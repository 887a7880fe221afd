#include "net/socket.h"

#include <gtest/gtest.h>

namespace bytepath::net {
namespace {

using std::chrono::seconds;

TEST(Socket, LeavesTimeForTheAddressesBehindASilentOne) {
  const Clock::time_point begin{};
  const auto end = begin + seconds(6);
  EXPECT_EQ(try_until(begin, end, 3), begin + seconds(2));
  EXPECT_EQ(try_until(begin + seconds(2), end, 2), begin + seconds(4));
  EXPECT_EQ(try_until(begin + seconds(4), end, 1), end);
}

}  // namespace
}  // namespace bytepath::net
