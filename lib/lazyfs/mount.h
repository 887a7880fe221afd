#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "lazyfs/reader.h"
#include "lazyfs/tree.h"

namespace bytepath::lazyfs {

struct MountOptions {
  std::string mountpoint;
  bool keep_cache = true;  // the kernel's pages of a file outlive its last close
  bool direct_io = false;  // it keeps none, and each read(2) is a READ
  std::optional<std::uint64_t> max_readahead;  // bytes
  std::chrono::nanoseconds attribute_timeout = std::chrono::hours(1);
};

// A tree, mounted read-only. Each request is handled by one thread.
class Mount {
 public:
  // tree and reader outlive it; see also prepare_mountpoint(). Errors: denied or failed.
  static Result<Mount> open(const Tree& tree, Reader& reader, MountOptions options);
  Mount(Mount&&) noexcept;
  Mount& operator=(Mount&&) = delete;
  ~Mount();  // unmounts, at once, also what is still in use

  // Serves until it is unmounted, or `stop` says so, which is asked ten times a second. `ready` is
  // called when all is set up.
  // Error (denied): max_readahead is more than the kernel's own, and we may not raise that.
  Result<> serve(const std::function<void()>& ready, const std::function<bool()>& stop);

 private:
  struct Impl;
  explicit Mount(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bytepath::lazyfs
