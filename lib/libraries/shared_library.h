#pragma once
#include <cerrno>
#include <initializer_list>
#include <string>

#include "base/result.h"

namespace bytepath {

// A library that is used where it is installed, and missed only by what needs it.
class SharedLibrary {
 public:
  // The first of these files that the dynamic linker finds. It is never closed: what a user holds
  // of it may outlive everything else.
  explicit SharedLibrary(std::initializer_list<const char*> file_names);

  // Unsupported where there is none (with that package as the hint), or the dynamic linker refuses
  // the one that is there.
  Result<> available(const char* package) const;

  // Null where there is no library, or no such function in it.
  template <class Function>
  Function find(const char* name) const {
    return reinterpret_cast<Function>(address(name));
  }

 private:
  void* address(const char* name) const;

  std::string name_;
  std::string refusal_;  // of a file that is there
  void* handle_ = nullptr;
};

}  // namespace bytepath

// Defines a function of such a library by its own name: it looks for the library's once and calls
// that, or without one sets ENOSYS and returns `absent`. A function that is missing among those of
// a library is missed by the linker, and one of another type by the compiler, which knows the
// header. NOLINTNEXTLINE(cppcoreguidelines-macro-usage): the function's name is needed as a name
// and a text
#define BYTEPATH_FORWARD_TO(library, type, absent, name, parameters, arguments) \
  extern "C" type name parameters {                                             \
    static const auto function = (library).find<decltype(&name)>(#name);        \
    if (function != nullptr) return function arguments;                         \
    errno = ENOSYS;                                                             \
    return absent;                                                              \
  }
