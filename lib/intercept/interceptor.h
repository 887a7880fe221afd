#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "intercept/chosen_files.h"
#include "intercept/policy.h"
#include "intercept/process_table.h"

namespace bytepath::intercept {

// What is done about chosen files while a thread stands still. The caller resumes it.
class Interceptor {
 public:
  // own_filters: how many seccomp filters a process has that has added none (read_filter_count).
  Interceptor(Policy policy, bool look_at_pages, std::uint64_t own_filters, Observer& observer,
              ProcessTable& table);

  // A system call that the filter stops at is about to be made.
  void at_call(Tracee& tracee);
  // A process with a copy of its parent's memory has not run yet.
  void at_birth(Tracee& tracee);
  // A thread is about to end: its memory is still there. status as of wait4(2).
  void at_end(Tracee& tracee, int status);
  // It has ended. If there was no at_end() for it, what it had touched is lost.
  void after_end(Tracee& tracee);
  // Tells the pages of all processes, which run on meanwhile.
  void tell_all();

 private:
  using Mappings = std::vector<Mapping>;
  struct Range {
    std::uint64_t start;
    std::uint64_t end;
  };
  struct Mapped;  // a mapping that was just made, and what is still to be done to it

  // interceptor_calls.cpp
  void on_map(Tracee& tracee, Registers registers);
  void on_foreign_map(const Tracee& tracee, const Registers& registers);
  void on_unmap(Tracee& tracee, std::uint64_t start, std::uint64_t length);
  void on_remap(Tracee& tracee, const Registers& registers);
  void move(const Tracee& tracee, const Mappings& mappings, const Range& from, const Range& to);
  void on_exec(Tracee& tracee);
  static void on_clone(Tracee& tracee, Registers registers);
  // interceptor_advice.cpp
  void on_memory_advice(const Tracee& tracee, const Registers& registers);
  void on_process_advice(Tracee& tracee, const Registers& registers);
  void on_file_advice(const Tracee& tracee, const Registers& registers);
  void on_lock(Tracee& tracee, Registers registers);
  bool is_chosen(const Tracee& tracee, std::uint64_t start, std::uint64_t length) const;
  // interceptor_mapping.cpp
  void set_up(Tracee& tracee, const Registers& after, const Mapping& mapping, const MapPlan& plan);
  void finish_set_up(const Mapped& mapped);
  void open_page_table(const Tracee& tracee);
  Call userfault_call(Tracee& tracee);
  static Result<> register_exact(const Memory& memory, const Mapping& mapping);
  Result<> may_run_errands(const Tracee& tracee) const;

  // interceptor.cpp
  std::shared_ptr<const MappedFile> chosen_file(const Tracee& tracee, int descriptor);
  void tell_hidden(const Tracee& tracee, const std::string& why);
  // Tells the pages and takes the mappings out of the table.
  Mappings give_up(Tracee& tracee, std::uint64_t start, std::uint64_t end);
  // Puts them back when the call that the thread is in fails.
  static void restore_unless_done(Tracee& tracee, Mappings taken);
  void tell(const Tracee& tracee, const Mappings& mappings);
  void tell_lost(const Tracee& tracee, const Mappings& mappings, const std::string& why);

  Policy policy_;
  bool look_at_pages_;
  std::uint64_t own_filters_;
  Observer& observer_;
  ProcessTable& table_;
  ChosenFiles files_;
};

}  // namespace bytepath::intercept
