#pragma once
#include <bpf/libbpf.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "libbpf/libbpf.h"

namespace bytepath::trace {

template <class S>
struct SkeletonDeleter {
  void operator()(S* skeleton) const { S::destroy(skeleton); }
};

// Owns a bpftool skeleton: its maps, programs and links.
template <class S>
using Skeleton = std::unique_ptr<S, SkeletonDeleter<S>>;

// While one lives on this thread, libbpf's warnings are kept instead of printed. libbpf has one
// print hook per process: do not load from two threads at once.
class LibbpfLog {
 public:
  LibbpfLog();
  ~LibbpfLog();
  LibbpfLog(const LibbpfLog&) = delete;
  LibbpfLog& operator=(const LibbpfLog&) = delete;

  // The first line of what libbpf said since the last call, for an error message; may be empty.
  static std::string take();

 private:
  libbpf_print_fn_t previous_;
};

// What a refused load means to the user: denied with the capabilities, unsupported, or failed.
std::unexpected<Error> fail_load(int errno_value, const std::string& object,
                                 const std::string& said);

// Opens, lets configure(skeleton) set rodata and autoload, and loads. Attaching is the caller's.
template <class S, class Configure>
Result<Skeleton<S>> load(const char* object, Configure&& configure) {
  if (auto library = libbpf::available(); !library) return std::unexpected(library.error());
  const LibbpfLog log;
  Skeleton<S> skeleton(S::open());
  if (!skeleton) return fail_load(errno, object, LibbpfLog::take());
  std::forward<Configure>(configure)(*skeleton);
  if (const int error = S::load(skeleton.get()))
    return fail_load(-error, object, LibbpfLog::take());
  return skeleton;
}

template <class S>
Result<Skeleton<S>> load(const char* object) {
  return load<S>(object, [](S&) {});
}

}  // namespace bytepath::trace
