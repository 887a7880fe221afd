#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "faults/watched_files.h"
#include "intercept/intercept.h"
#include "pages/page_set.h"

namespace bytepath::faults {

// Gathers which pages of the watched files the processes of a command had mapped.
class PageRecorder final : public intercept::Observer {
 public:
  explicit PageRecorder(WatchedFiles& watched) : watched_(watched) {}

  bool wanted(const intercept::MappedFile& file) override;
  void mapped(const intercept::MappedFile& file, pid_t process, std::uint64_t offset,
              std::uint64_t length, const Result<>& applied) override;
  void pages(const intercept::MappedFile& file, std::uint64_t first_page,
             std::uint64_t count) override;
  void lost(const intercept::MappedFile& file, pid_t process, const std::string& why) override;

  // Something that is not exact: of which file, and why. Each reason once, with how often it came.
  struct Flaw {
    std::string file;
    std::string why;
    std::uint64_t count = 0;
  };
  const std::vector<Flaw>& flaws() const { return flaws_; }
  // nullptr: never mapped.
  const pages::PageSet* pages_of(std::size_t index) const;
  std::uint64_t mappings_of(std::size_t index) const;

 private:
  struct Seen {
    pages::PageSet pages;
    std::uint64_t mappings = 0;
  };
  Seen* seen(const intercept::MappedFile& file);
  void add_flaw(const std::string& file, const std::string& why);

  WatchedFiles& watched_;
  std::map<std::size_t, Seen> seen_;
  std::vector<Flaw> flaws_;
};

}  // namespace bytepath::faults
