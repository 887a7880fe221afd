#include "intercept/tracer.h"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <csignal>

#include "intercept/launch.h"
#include "recorded_run.h"

namespace bytepath::intercept {
namespace {

TEST(Tracer, WaitsForAStoppedProcessThatNobodyToldOf) {
  Recorder recorder("/weights");
  ProcessTable table;
  Interceptor interceptor(Policy::as_is, false, 0, recorder, table);
  Tracer tracer(getpid(), table, interceptor);
  const pid_t child = fork();
  if (child == 0) {
    while (true) pause();
  }
  const bool is_traced = ptrace(PTRACE_SEIZE, child, nullptr, trace_options()) == 0 &&
                         ptrace(PTRACE_INTERRUPT, child, nullptr, nullptr) == 0;
  siginfo_t stop{};
  if (is_traced) waitid(P_PID, static_cast<id_t>(child), &stop, WSTOPPED | WNOWAIT);
  if (is_traced) {
    EXPECT_NE(tracer.handle_some(), Tracer::Handled::the_last) << "it stands stopped";
    EXPECT_TRUE(table.empty());
    tracer.adopt_orphans();  // its maker may still tell of it
    EXPECT_TRUE(table.empty());
    tracer.adopt_orphans();
    EXPECT_NE(table.find(child), nullptr);
  }
  kill(child, SIGKILL);
  while (tracer.handle_some() != Tracer::Handled::the_last) usleep(1000);
  EXPECT_TRUE(table.empty());
  if (!is_traced) GTEST_SKIP() << "ptrace is refused";
}

}  // namespace
}  // namespace bytepath::intercept
