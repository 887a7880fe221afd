#pragma once
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/root.h"
#include "symbols/missing_list.h"
#include "symbols/perf_map.h"

namespace bytepath::symbols {

// Names of code that processes made at run time, from the maps they wrote (perf_map.h).
class JitNames {
 public:
  JitNames(Root root, MissingList& missing) : root_(std::move(root)), missing_(&missing) {}

  struct Name {
    std::string text;
    std::uint64_t start = 0;
  };

  // The map is that of the process's own mount and process number namespaces
  // (/proc/PID/root/tmp/perf-N.map with the innermost N of NSpid), or ours once it has ended. It
  // counts only when it is a regular file of the process's user or of root (of a process that has
  // ended: of ours, or of the user who called sudo(8)), is no symbolic link, and has been written
  // since the process began (or since we did): /tmp is a folder that everybody can leave files in.
  // Read again when it has grown and the address is not in it.
  std::optional<Name> find(std::uint32_t process, std::uint64_t address);

 private:
  struct State {
    PerfMap map;
    off_t bytes = -1;  // of the file when it was read
  };

  // True when the map was read (again).
  bool refresh(std::uint32_t process, State& state);

  Root root_;
  MissingList* missing_;
  std::map<std::uint32_t, State> states_;
};

// What /proc/PID/status says of a process: the last number of its line "NSpid:" (Linux 4.1), and
// its effective user.
struct InnerProcess {
  std::uint64_t number = 0;
  uid_t user = 0;
};
std::optional<InnerProcess> parse_inner_process(std::string_view status_text);

}  // namespace bytepath::symbols
