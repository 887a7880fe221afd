#include "pages/process_pages.h"

#include <fcntl.h>

#include <utility>

#include "base/file.h"
#include "base/process_error.h"
#include "pages/page_table_reading.h"

namespace bytepath::pages {

Result<PageTable> PageTable::open(pid_t pid) {
  const std::string path = fmt::format("/proc/{}/pagemap", pid);
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return process_error(pid, fail_errno(errno, "cannot open {}", path).error());
  return PageTable(std::move(file));
}

Result<> PageTable::mapped(std::uint64_t start, std::uint64_t end, const RunFound& found) const {
  if (start >= end) return {};
  auto read = scan_page_table(file_, start, end, found);
  if (!read && read.error().kind == ErrorKind::unsupported)
    read = read_present_bits(file_, start, end, found);
  return read;
}

Result<> clear_referenced(pid_t pid) {
  const std::string path = fmt::format("/proc/{}/clear_refs", pid);
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return process_error(pid, fail_errno(errno, "cannot open {}", path).error());
  return write_all(file.get(), "3", path);  // file mappings only (proc(5))
}

}  // namespace bytepath::pages
