#pragma once
#include <sys/wait.h>
#include <unistd.h>

namespace bytepath::test {

// Does `check` hold for a user whom file permissions bind? They do not bind root, so root asks in
// a child process that has become nobody.
template <class Check>
bool holds_without_root(Check check) {
  if (geteuid() != 0) return check();
  const pid_t pid = fork();
  if (pid == 0) {
    constexpr uid_t nobody = 65534;
    if (setgid(nobody) != 0 || setuid(nobody) != 0) _exit(2);
    _exit(check() ? 0 : 1);
  }
  int status = -1;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace bytepath::test
