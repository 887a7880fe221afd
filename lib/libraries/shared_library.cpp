#include "libraries/shared_library.h"

#include <dlfcn.h>

namespace bytepath {

SharedLibrary::SharedLibrary(std::initializer_list<const char*> file_names)
    : name_(*file_names.begin()) {
  for (const char* name : file_names) {
    handle_ = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (handle_ != nullptr) return;
  }
}

Result<> SharedLibrary::available(const char* package) const {
  if (handle_ != nullptr) return {};
  return fail(ErrorKind::unsupported, fmt::format("{} is not installed", name_),
              fmt::format("install {}", package));
}

void* SharedLibrary::address(const char* name) const {
  return handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
}

}  // namespace bytepath
