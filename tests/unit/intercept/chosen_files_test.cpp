#include "intercept/chosen_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "intercept/process_status.h"

namespace bytepath::intercept {
namespace {

const pid_t self = getpid();

TEST(ChosenFiles, KnowsHowADescriptorIsOpen) {
  const Descriptor reading(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Descriptor writing(open("/dev/null", O_RDWR | O_CLOEXEC));
  EXPECT_EQ(is_open_for_writing(self, reading.get()), false);
  EXPECT_EQ(is_open_for_writing(self, writing.get()), true);
  EXPECT_EQ(is_open_for_writing(self, 1 << 20), std::nullopt) << "there is no such descriptor";
}

TEST(ChosenFiles, KnowsTheProcessOfADescriptor) {
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, getppid(), 0)));
  const Descriptor other(open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(process_named_by(self, process.get()), getppid());
  EXPECT_EQ(process_named_by(self, other.get()), 0);
  EXPECT_EQ(process_named_by(self, 1 << 20), std::nullopt);
}

TEST(ChosenFiles, WithoutADescriptorLeftNothingIsKnown) {
  const Descriptor file(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  const auto writable = is_open_for_writing(self, file.get());
  const auto shown = shows_file(self, 0, {});
  const auto named = process_named_by(self, file.get());
  const auto filters = read_filter_count(self);
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(writable, std::nullopt);
  EXPECT_EQ(shown, std::nullopt);
  EXPECT_EQ(named, std::nullopt);
  EXPECT_EQ(filters, std::nullopt);
  EXPECT_EQ(shows_file(self, 0, {}), false);
}

}  // namespace
}  // namespace bytepath::intercept
