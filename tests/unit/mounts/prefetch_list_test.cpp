#include "mounts/prefetch_list.h"

#include <gmock/gmock.h>

#include "mounts/file_path.h"
#include "mounts/first_use.h"
#include "support/mount_traces.h"

namespace bytepath::mounts {
namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = kib * kib;

std::string written(ListFormat format, const std::vector<FileRange>& entries) {
  const auto list = write_list(format, entries);
  EXPECT_TRUE(list) << list.error().message;
  return list ? list->bytes : "";
}

FileRange whole(std::string path) {
  return {.path = std::move(path), .offset = 0, .bytes = FileRange::to_the_end};
}

// Those of the target in the order of their first use.
const std::vector<FileRange>& whole_files() {
  static const std::vector<FileRange> entries = {whole("/usr/bin/python3"), whole("/lib/libc.so.6"),
                                                 whole("/usr/lib/python 3/json.py")};
  return entries;
}

TEST(FirstUse, OfFilesIsInTheirOrder) {
  const auto trace = test::erofs_on_fuse();
  const FileTable files(trace);
  const auto uses = files_in_order(touches_of(trace, {}, "t")->touches, files);
  EXPECT_EQ(uses.ranges, whole_files());
  EXPECT_EQ(uses.bytes, 600 * kib + 2 * mib + 100'000);
}

TEST(FirstUse, OfRangesIsMerged) {
  const auto trace = test::erofs_on_fuse();
  const FileTable files(trace);
  const auto uses = ranges_in_order(touches_of(*reads_of(trace, {}, false, "t"), files), files);
  EXPECT_EQ(uses.ranges,
            (std::vector<FileRange>{{.path = "/image", .offset = 0, .bytes = 3 * mib},
                                    {.path = "/image", .offset = 4 * mib, .bytes = 4 * kib},
                                    {.path = "/image", .offset = 5 * mib, .bytes = 4 * kib},
                                    {.path = "/image", .offset = 6 * mib, .bytes = 4 * kib},
                                    {.path = "/image", .offset = 7 * mib, .bytes = 4 * kib}}));
  EXPECT_EQ(uses.bytes, 3 * mib + 16 * kib);
}

TEST(FirstUse, OfRangesHasEachByteOnce) {
  MountTrace trace;
  trace.files = {{.id = {.device = 1, .inode = 1}, .path = "/a"},
                 {.id = {.device = 1, .inode = 2}, .path = "/b"},
                 {.id = {.device = 1, .inode = 3}}};
  const FileTable files(trace);
  const auto touch = [](std::uint64_t inode, std::uint64_t first, std::uint64_t end) {
    return Touch{.file = {.device = 1, .inode = inode}, .range = {.first = first, .end = end}};
  };
  const auto order = [&](const std::vector<Touch>& touches) {
    return ranges_text(ranges_in_order(touches, files).ranges);
  };
  EXPECT_EQ(order({touch(1, 0, 10), touch(1, 5, 20)}), "/a 0 20\n");
  EXPECT_EQ(order({touch(1, 0, 10), touch(1, 20, 30), touch(1, 10, 20)}), "/a 0 30\n");
  EXPECT_EQ(order({touch(1, 20, 30), touch(1, 0, 10), touch(1, 10, 20)}), "/a 0 30\n");
  EXPECT_EQ(order({touch(1, 0, 10), touch(2, 0, 10), touch(1, 10, 20)}), "/a 0 20\n/b 0 10\n");
  EXPECT_EQ(order({touch(1, 0, 10), touch(1, 50, 60), touch(1, 20, 70)}), "/a 0 10\n/a 20 50\n");
  const auto unnamed = ranges_in_order({touch(3, 0, 10), touch(4, 0, 1), touch(1, 0, 1)}, files);
  EXPECT_EQ(unnamed.unnamed_files, 2U);
  EXPECT_EQ(unnamed.files, 1U);
}

TEST(PrefetchList, IsWrittenAsEachProjectTakesIt) {
  EXPECT_EQ(written(ListFormat::nydus, whole_files()),
            "/usr/bin/python3\n/lib/libc.so.6\n/usr/lib/python 3/json.py\n");
  EXPECT_EQ(written(ListFormat::overlaybd, whole_files()),
            written(ListFormat::nydus, whole_files()));
  EXPECT_EQ(written(ListFormat::estargz, whole_files()),
            "{\"path\":\"/usr/bin/python3\"}\n{\"path\":\"/lib/libc.so.6\"}\n"
            "{\"path\":\"/usr/lib/python 3/json.py\"}\n");
  EXPECT_EQ(written(ListFormat::soci, whole_files()),
            "[\"/usr/bin/python3\",\"/lib/libc.so.6\",\"/usr/lib/python 3/json.py\"]\n");
}

TEST(PrefetchList, IsFoundOutAndReadAsItWasWritten) {
  for (const auto& row : list_formats()) {
    if (!row.whole_files) continue;
    const auto list = list_from_bytes(written(row.format, whole_files()), std::nullopt, "list");
    ASSERT_TRUE(list) << list.error().message;
    EXPECT_EQ(list->entries, whole_files()) << row.name;
    const bool lines = row.format == ListFormat::overlaybd;  // the same as nydus
    EXPECT_EQ(list->format, lines ? ListFormat::nydus : row.format);
    EXPECT_EQ(list_format_named(row.name), row.format);
  }
  const std::vector<FileRange> ranges = {{.path = "/a b", .offset = 4096, .bytes = 12}};
  const auto list = list_from_bytes("\n# c\n" + written(ListFormat::ranges, ranges), {}, "list");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->format, ListFormat::ranges);
  EXPECT_EQ(list->entries, ranges);
}

TEST(PrefetchList, LeavesOutWhatItsFormCannotHold) {
  const std::vector<FileRange> entries = {whole("/a\nb"), whole("/c"), whole("/d ")};
  EXPECT_EQ(write_list(ListFormat::nydus, entries)->left_out, 2U);
  EXPECT_EQ(write_list(ListFormat::nydus, entries)->bytes, "/c\n");
  EXPECT_EQ(write_list(ListFormat::ranges, entries)->left_out, 2U);
  EXPECT_THAT(write_list(ListFormat::ranges, entries)->bytes, testing::StartsWith("/c 0 "));
  EXPECT_EQ(list_from_bytes(written(ListFormat::soci, entries), {}, "l")->entries, entries);
  EXPECT_EQ(list_from_bytes(written(ListFormat::estargz, entries), {}, "l")->entries, entries);
}

TEST(PrefetchList, HasCleanPaths) {
  const auto list = list_from_bytes("usr/./bin//sh/\r\n  /a/../b\n/\n", ListFormat::nydus, "list");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->entries, (std::vector<FileRange>{whole("/usr/bin/sh"), whole("/b"), whole("/")}));
  EXPECT_EQ(clean_path("../../x"), "/x");
}

TEST(PrefetchList, OfWhatIsNoneIsAnError) {
  const auto refused = [](std::string_view bytes, std::optional<ListFormat> format,
                          const char* message) {
    const auto list = list_from_bytes(bytes, format, "list");
    ASSERT_FALSE(list) << bytes.substr(0, 40);
    EXPECT_EQ(list.error().kind, ErrorKind::usage);
    EXPECT_THAT(list.error().message, testing::HasSubstr(message));
    EXPECT_EQ(list.error().message.find('\n'), std::string::npos);
    EXPECT_LT(list.error().message.size(), 200U);
  };
  refused("", {}, "list: the list has no entry");
  refused("\n \n", {}, "no entry");
  refused(std::string_view("/a\n/b\0c\n", 8), {}, "line 2 is no path");
  refused("/" + std::string(1 << 20, 'a'), {}, "line 1 is no path");
  refused("[\"/a\",3]", {}, "element 2 is no path: 3");
  refused("[\"/a\"", {}, "is not a JSON array");
  refused("{\"path\":\"/a\"}\n{\"path\":7}\n", {}, "line 2 is no path");
  refused("{\"path\":\"/a\"}\n{", {}, "line 2");
  refused("/a 0 1\n/b\n", {}, "line 2 is no range");
  refused("/a\n", ListFormat::soci, "JSON array");
  refused("/a\n", ListFormat::overlaybd_trace, "no blob trace");
  refused(std::string(100'000, '['), {}, "JSON array");
}

TEST(OverlaybdTrace, HasTheirLayout) {
  // The CRC-32C of the two records was taken with another program.
  const std::vector<FileRange> entries = {{.path = "/blob", .offset = 4096, .bytes = mib + 10}};
  const std::string bytes = written(ListFormat::overlaybd_trace, entries);
  ASSERT_EQ(bytes.size(), 24U + 2 * 24);
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x20\x18\xef\xc2\0\0\0\0", 8));
  EXPECT_EQ(bytes.substr(8, 8), std::string("\x30\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(bytes.substr(16, 8), std::string("\x87\x8f\xbf\x8d\0\0\0\0", 8));
  EXPECT_EQ(bytes.substr(24, 24),
            std::string("R\0\0\0\0\0\0\0\0\0\x10\0\0\0\0\0\0\x10\0\0\0\0\0\0", 24));
  EXPECT_EQ(bytes.substr(48, 24),
            std::string("R\0\0\0\0\0\0\0\x0a\0\0\0\0\0\0\0\0\x10\x10\0\0\0\0\0", 24));
  const auto list = list_from_bytes(bytes, {}, "list");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->format, ListFormat::overlaybd_trace);
  EXPECT_EQ(list->entries,
            (std::vector<FileRange>{{.path = "", .offset = 4096, .bytes = mib},
                                    {.path = "", .offset = 4096 + mib, .bytes = 10}}));
}

TEST(OverlaybdTrace, ThatIsDamagedIsRefused) {
  const std::string good =
      written(ListFormat::overlaybd_trace, {{.path = "/blob", .offset = 0, .bytes = 4096}});
  for (std::size_t at = 0; at < good.size(); ++at) {
    const bool unused = (at >= 4 && at < 8) || (at >= 20 && at < 24);
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_EQ(list_from_bytes(bad, ListFormat::overlaybd_trace, "l").has_value(), unused) << at;
    EXPECT_FALSE(list_from_bytes(good.substr(0, at), ListFormat::overlaybd_trace, "l")) << at;
  }
  EXPECT_FALSE(list_from_bytes(good + "x", {}, "l"));
}

TEST(OverlaybdTrace, IsAboutOneFile) {
  const auto list = write_list(ListFormat::overlaybd_trace,
                               std::vector<FileRange>{{.path = "/a", .offset = 0, .bytes = 1},
                                                      {.path = "/b", .offset = 0, .bytes = 1}});
  ASSERT_FALSE(list);
  EXPECT_THAT(list.error().message, testing::HasSubstr("/a and /b"));
}

}  // namespace
}  // namespace bytepath::mounts
