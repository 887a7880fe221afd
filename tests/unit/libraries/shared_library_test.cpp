#include "libraries/shared_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace {

bytepath::SharedLibrary& mathematics() {
  static bytepath::SharedLibrary library({"libbytepath-none.so.9", "libm.so.6"});
  return library;
}

bytepath::SharedLibrary& none() {
  static bytepath::SharedLibrary library({"libbytepath-none.so.9"});
  return library;
}

}  // namespace

// What the headers of libbpf and libcurl declare of theirs.
extern "C" int bytepath_function_of_no_library(int number);
BYTEPATH_FORWARD_TO(none(), int, -7, bytepath_function_of_no_library, (int number), (number))

namespace bytepath {
namespace {

using testing::HasSubstr;

TEST(SharedLibrary, IsTheFirstThatIsThere) {
  EXPECT_TRUE(mathematics().available("libc6"));
  const auto round_down = mathematics().find<double (*)(double)>("floor");
  ASSERT_NE(round_down, nullptr);
  EXPECT_EQ(round_down(3.7), 3);
  EXPECT_EQ(mathematics().find<void (*)()>("bytepath_none"), nullptr);
}

TEST(SharedLibrary, ThatIsNotThereNamesItsPackage) {
  const auto there = none().available("libnone9");
  ASSERT_FALSE(there);
  EXPECT_EQ(there.error().kind, ErrorKind::unsupported);
  EXPECT_EQ(there.error().message, "libbytepath-none.so.9 is not installed");
  EXPECT_EQ(there.error().hint, "install libnone9");
  EXPECT_EQ(none().find<void (*)()>("floor"), nullptr);
}

TEST(SharedLibrary, ThatIsBrokenIsNotTakenForAbsent) {
  const test::TemporaryFolder folder;
  const std::string broken = folder.write("libbroken.so.1", "no library");
  const SharedLibrary library({broken.c_str()});
  const auto there = library.available("libbroken1");
  ASSERT_FALSE(there);
  EXPECT_THAT(there.error().message, HasSubstr("libbroken.so.1 cannot be loaded: "));
  EXPECT_THAT(there.error().message, HasSubstr("file too short"));
  EXPECT_EQ(there.error().hint, "install libbroken1 anew");
}

TEST(ForwardedFunction, OfAnAbsentLibrarySaysSo) {
  errno = 0;
  EXPECT_EQ(bytepath_function_of_no_library(1), -7);
  EXPECT_EQ(errno, ENOSYS);
}

}  // namespace
}  // namespace bytepath
