#pragma once
#include <linux/magic.h>
#include <sys/statfs.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace bytepath::test {

// A folder in the present one, which lies in the build folder and so on a disk: the one for
// temporary files may be in memory, where nothing ever leaves the page cache.
class DiskFolder {
 public:
  DiskFolder() {
    std::string name = (std::filesystem::current_path() / "page-test.XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  DiskFolder(const DiskFolder&) = delete;
  DiskFolder& operator=(const DiskFolder&) = delete;
  ~DiskFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  // Why nothing can be said about the page cache there, or empty.
  std::string unfit() const {
    struct statfs status{};
    if (path_.empty() || ::statfs(path_.c_str(), &status) != 0) return "no folder can be made here";
    if (status.f_type == TMPFS_MAGIC) return "the present folder is in memory (tmpfs)";
    return "";
  }

  // A file of so many bytes, no two pages alike; not yet written to the disk.
  std::string file(const std::string& name, std::size_t bytes) const {
    std::string content(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i) content[i] = static_cast<char>(i * 2654435761U >> 7);
    const std::string path = path_ + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

 private:
  std::string path_;
};

// Calls `holds` until it is true, at most five times. The page cache is everybody's: other
// programs' needs and an evictor (DAMON pageout) can take a page between two lines of a test, but
// hardly in each of five trials.
template <class Holds>
bool once_of_five(Holds holds) {
  for (int trial = 0; trial < 5; ++trial)
    if (holds()) return true;
  return false;
}

}  // namespace bytepath::test
