#include "libraries/shared_library.h"

#include <dlfcn.h>

#include <string_view>

namespace bytepath {

SharedLibrary::SharedLibrary(std::initializer_list<const char*> file_names)
    : name_(*file_names.begin()) {
  for (const char* name : file_names) {
    handle_ = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (handle_ != nullptr) return;
    const char* why = ::dlerror();
    const std::string_view absent = "cannot open shared object file: No such file or directory";
    // Another library's absence is told with that one's name before it.
    if (why != nullptr && why != fmt::format("{}: {}", name, absent)) refusal_ = why;
  }
}

Result<> SharedLibrary::available(const char* package) const {
  if (handle_ != nullptr) return {};
  if (!refusal_.empty())
    return fail(ErrorKind::unsupported, fmt::format("{} cannot be loaded: {}", name_, refusal_),
                fmt::format("install {} anew", package));
  return fail(ErrorKind::unsupported, fmt::format("{} is not installed", name_),
              fmt::format("install {}", package));
}

void* SharedLibrary::address(const char* name) const {
  return handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
}

}  // namespace bytepath
