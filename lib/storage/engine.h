#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "storage/access_plan.h"
#include "storage/target_file.h"

namespace bytepath::storage {

// A way in which programs read files, one access at a time.
class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  // What has to be so before the access and is not timed. 0, or an errno.
  virtual int prepare(std::uint64_t /*offset*/) { return 0; }
  // Reads a block: what is timed. 0, or an errno; ENODATA: the file has become shorter.
  virtual int read(std::uint64_t offset) = 0;
};

struct EngineSetup {
  const TargetFile* target = nullptr;
  std::uint64_t block = 4096;
  Pattern pattern = Pattern::random;
};

struct EngineKind {
  const char* name;
  const char* way;   // for people
  bool with_direct;  // has O_DIRECT
  // Error (unsupported): this host does not let it be used.
  Result<std::unique_ptr<Engine>> (*open)(const EngineSetup& setup);
};

std::span<const EngineKind> engines();

Result<std::unique_ptr<Engine>> open_pread(const EngineSetup& setup);
Result<std::unique_ptr<Engine>> open_mmap(const EngineSetup& setup);
Result<std::unique_ptr<Engine>> open_uring(const EngineSetup& setup);

}  // namespace bytepath::storage
