#include <gmock/gmock.h>

#include "mounts/blkparse_text.h"
#include "mounts/fio_iolog.h"
#include "mounts/request_csv.h"
#include "support/mount_traces.h"

namespace bytepath::mounts {
namespace {

constexpr std::uint64_t begin_ns = 1'000'000'000;

// Three requests for two files, of which one failed and one file's path has a blank.
MountTrace three_reads() {
  MountTrace trace;
  trace.begin_ns = begin_ns;
  trace.mounts = {{.device = test::fuse_device, .path = "/mnt/fuse", .type = "fuse"}};
  trace.files = {{.id = {.device = test::fuse_device, .inode = 2}, .path = "/image"},
                 {.id = {.device = test::fuse_device, .inode = 3}, .path = "/a, \"b\""}};
  trace.requests = {test::read_request(2, 4096, 8192, begin_ns + 1500, 2'500'000),
                    test::read_request(3, 0, 1000, begin_ns + 2'000'000, 1'000,
                                       Request::target | Request::background),
                    test::read_request(2, 0, 4096, begin_ns + 3'000'000'000)};
  trace.requests[2].error = -5;
  trace.requests[2].replied = 0;
  return trace;
}

template <class Writer>
std::string text_of(const Writer& writer) {
  const auto trace = three_reads();
  const auto reads = reads_of(trace, {}, false, "t");
  EXPECT_TRUE(reads);
  const FileTable files(trace);
  std::string text;
  const Write write = [&](std::string_view piece) -> Result<> {
    text += piece;
    return {};
  };
  EXPECT_TRUE(writer(*reads, files, write));
  return text;
}

TEST(RequestCsv, HasALineForEachRequest) {
  EXPECT_EQ(text_of([](const Reads& reads, const FileTable& files, const Write& write) {
              return write_csv(reads, files, begin_ns, write);
            }),
            std::string(csv_columns) +
                "\n"
                "1500,2,/image,4096,8192,2500000,8192,0,41,102,700,701,500,501,target\n"
                "2000000,3,\"/a, \"\"b\"\"\",0,1000,1000,1000,0,41,103,700,701,500,501,"
                "target+background\n"
                "3000000000,2,/image,0,4096,2000000,0,-5,41,102,700,701,500,501,target\n");
}

TEST(BlkparseText, HasADeviceForEachFile) {
  EXPECT_EQ(text_of([](const Reads& reads, const FileTable& files, const Write& write) {
              const auto devices = write_blkparse(reads, files, begin_ns, write);
              EXPECT_EQ(devices->files.size(), 2U);
              return devices.has_value();
            }),
            "  0,1    0        1     0.000001500   700  D   R 8 + 16 [701]\n"
            "  0,2    0        2     0.002000000   700  D  RA 0 + 2 [701]\n"
            "  0,2    0        3     0.002001000     0  C  RA 0 + 2 [0]\n"
            "  0,1    0        4     0.002501500     0  C   R 8 + 16 [0]\n");
}

TEST(FioIolog, OpensEachFileBeforeItIsRead) {
  EXPECT_EQ(text_of([](const Reads& reads, const FileTable& files, const Write& write) {
              const auto log = write_fio(reads, files, begin_ns, "/mnt/fuse", write);
              EXPECT_EQ(log->reads, 1U);
              EXPECT_EQ(log->unnamed_reads, 1U);
              return log.has_value();
            }),
            "fio version 3 iolog\n"
            "1 /mnt/fuse/image add\n"
            "1 /mnt/fuse/image open\n"
            "1 /mnt/fuse/image read 4096 8192\n"
            "1 /mnt/fuse/image close\n");
}

TEST(Writers, StopAtAnError) {
  const auto trace = three_reads();
  const auto reads = reads_of(trace, {}, false, "t");
  const FileTable files(trace);
  const Write full = [](std::string_view) -> Result<> {
    return fail(ErrorKind::failed, "the disk is full");
  };
  EXPECT_FALSE(write_csv(*reads, files, begin_ns, full));
  EXPECT_FALSE(write_blkparse(*reads, files, begin_ns, full));
  EXPECT_FALSE(write_fio(*reads, files, begin_ns, "", full));
}

}  // namespace
}  // namespace bytepath::mounts
