#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/root.h"
#include "host/doctor.h"
#include "host/doctor_attempts.h"
#include "host/kernel_facts.h"
#include "host/process_status.h"

// Inside the doctor: what a row may look at, and the rows by subject. Pure functions; the files
// below root and the attempts are all they know.
namespace bytepath::host {

struct Situation {
  Root root;
  Attempts attempts;
  bool has_proc = false;
  ProcessStatus status;
  // False in a rootless container, where CAP_BPF and the like hold only inside the namespace.
  bool initial_user_namespace = true;
  std::string program = "PROBE";  // path of this program, for commands that name it
  KernelFacts kernel;
};

Situation read_situation(const Root& root, const Attempts& attempts);

struct Judgement {
  Capability::State state = Capability::State::unknown;
  std::string evidence;
  std::string remedy;
};

struct Row {
  std::string_view id;
  std::string_view what;
  std::string_view why;
  Judgement (*judge)(const Situation&);
};

std::span<const Row> perf_rows();
std::span<const Row> bpf_rows();
std::span<const Row> kernel_rows();
std::span<const Row> user_rows();
std::span<const Row> memory_rows();
std::span<const Row> page_cache_rows();
std::span<const Row> host_rows();

// The outcome of one attempt, or nothing when it was not made.
std::optional<Attempt> attempt(const Situation& situation, std::string_view id);

// Whether it was made and succeeded.
bool worked(const Situation& situation, std::string_view id);

// "bpf(create ring buffer): EPERM".
std::string attempt_evidence(const Situation& situation, std::string_view id);

// A number in a file such as /proc/sys/kernel/kptr_restrict, which may be negative.
std::optional<long> setting(const Situation& situation, std::string_view path);

bool has_path(const Situation& situation, std::string_view path);

// Restricted by a container, as far as can be told: the marks of one are not enough, see Container.
bool in_container(const Situation& situation);

// A filter may be what answers EPERM or ENOSYS.
bool under_seccomp_filter(const Situation& situation);

// How to be let through the filter of whatever runs this process, with these capabilities:
// "cap_bpf,cap_perfmon".
std::string seccomp_remedy(const Situation& situation, std::string_view capabilities);

// How this user gets the capabilities: sudo, setcap, or leaving the user namespace.
std::string capability_remedy(const Situation& situation, std::string_view capabilities);

// What is the same for every attempt: it worked, was not made, or was answered by a filter. Nothing
// when the errno needs the knowledge of the subject.
std::optional<Judgement> judge_common(const Situation& situation, std::string_view id,
                                      std::string_view capabilities);

}  // namespace bytepath::host
