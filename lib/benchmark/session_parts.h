#pragma once
#include "benchmark/session.h"

// What the two ways to run a session share; not for other modules.
namespace bytepath::benchmark {

struct TimedRun {
  Run run;
  double around = 0;  // seconds of prepare and conclude
};

// Runs one command of the plan with what belongs around it.
class CommandRunner {
 public:
  CommandRunner(const Plan& plan, Executor& executor) : plan_(plan), executor_(executor) {}
  Result<TimedRun> once(std::size_t index, Iteration iteration);
  Result<> setup(std::size_t index);
  Result<> cleanup(std::size_t index);

 private:
  Result<std::optional<Run>> around(const std::string* command, const char* name, std::size_t index,
                                    Iteration::Phase phase);
  const Plan& plan_;
  Executor& executor_;
};

// A run that ends with an error because the user's Ctrl-C ended it is no failure.
bool interrupted_by_user(const Progress& progress);

BenchmarkResult empty_result(const Plan& plan, std::size_t index);

void run_blocks(const Plan& plan, Executor& executor, Observer& observer, const Progress& progress,
                Session& session);
void run_rounds(const Plan& plan, Executor& executor, Observer& observer, const Progress& progress,
                Session& session);

}  // namespace bytepath::benchmark
