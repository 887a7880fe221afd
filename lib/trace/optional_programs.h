#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "trace/bpf_session.h"
#include "trace/missing_part.h"

// BPF programs without which a tracer goes on, and says what it lacks.
namespace bytepath::trace {

struct OptionalProgram {
  bpf_program* program;
  bpf_link** link;
  const char* tracepoint;
  const char* missing;  // what is, without it
  bool wanted;
};

// Adds what is missing, and why; once for programs that follow each other and miss the same.
void lack(std::vector<MissingPart>& missing, const OptionalProgram& program, std::string reason);

// Attaches it where it was loaded, or says what is lacking.
void attach_optional(const OptionalProgram& optional, std::vector<MissingPart>& missing);

// Loads what is wanted and what this kernel takes. programs(skeleton): its optional programs,
// always in the same order. configure(skeleton): its constants and maps. Where a kernel refuses one
// of the programs, the error does not tell which: then they are tried one after the other.
template <class S>
Result<Skeleton<S>> load_softly(const char* object, const std::function<void(S&)>& configure,
                                const std::function<std::vector<OptionalProgram>(S&)>& programs,
                                std::vector<MissingPart>& missing) {
  const auto attempt = [&](const std::vector<bool>& chosen) {
    return load<S>(object, [&](S& skeleton) {
      configure(skeleton);
      const auto all = programs(skeleton);
      for (std::size_t i = 0; i < all.size(); ++i) {
        const bool wanted = all[i].wanted && (chosen.empty() || chosen[i]);
        bpf_program__set_autoload(all[i].program, wanted);
      }
    });
  };
  auto loaded = attempt({});
  if (loaded || loaded.error().kind == ErrorKind::denied) return loaded;
  std::vector<bool> chosen(64, false);
  loaded = attempt(chosen);
  for (std::size_t i = 0; loaded && i < programs(**loaded).size(); ++i) {
    const auto optional = programs(**loaded)[i];
    if (!optional.wanted) continue;
    chosen[i] = true;
    if (auto more = attempt(chosen); more) {
      loaded = std::move(more);
    } else {
      chosen[i] = false;
      lack(missing, optional, more.error().message);
    }
  }
  return loaded;
}

}  // namespace bytepath::trace
