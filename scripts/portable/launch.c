/* bin/<program> of the tarball: starts lib/bytepath/<program>, which needs a glibc, or says in one
   line why this host cannot. It is static, since what the dynamic linker says of an old glibc, and
   a shell of none
   ("not found"), helps nobody; and it execs, so that the program is all that is there then. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { cannot_run_here = 3, failed = 4 }; /* as of every probe */

static const char interpreter[] =
    "/lib64/ld-linux-x86-64.so.2"; /* System V ABI, AMD64 supplement */

static int refuse(int status, const char* program, const char* why, const char* hint) {
  fprintf(stderr, "%s: cannot start: %s\nhint: %s\n", program, why, hint);
  return status;
}

/* Which glibc belongs to the dynamic linker: that in its folder. Fills in "2.31", or "" where it
   cannot be told; then the dynamic linker has the word. Returns whether it has the symbols of the
   version needed. */
static int new_enough(char* version, size_t size) {
  char path[PATH_MAX + sizeof "/libc.so.6"];
  int enough = 1;
  version[0] = '\0';
  if (realpath(interpreter, path) == NULL) return 1;
  strcpy(strrchr(path, '/'), "/libc.so.6");
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  struct stat facts;
  if (file < 0 || fstat(file, &facts) != 0 || facts.st_size <= 0) return 1;
  const size_t bytes = (size_t)facts.st_size;
  const char* text = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (text == MAP_FAILED) return 1;
  /* Its version names are in the table of dynamic strings, near its beginning. */
  static const char needed[] = "GLIBC_" BYTEPATH_MINIMUM_GLIBC;
  if (memmem(text, bytes, needed, sizeof needed) == NULL) {
    static const char before[] = " release version ";
    const char* found = memmem(text, bytes, before, sizeof before - 1);
    enough = 0;
    if (found != NULL) {
      found += sizeof before - 1;
      const size_t left = bytes - (size_t)(found - text);
      size_t length = 0;
      while (length < left && length + 1 < size && strchr("0123456789.", found[length]) &&
             found[length])
        ++length;
      while (length > 0 && found[length - 1] == '.') --length;
      memcpy(version, found, length);
      version[length] = '\0';
    }
  }
  munmap((void*)text, bytes);
  return enough;
}

int main(int count, char** arguments) {
  char self[PATH_MAX];
  char target[2 * PATH_MAX];
  char version[16];
  char why[256];
  const char* name = count > 0 ? strrchr(arguments[0], '/') : NULL;
  name = name != NULL ? name + 1 : count > 0 ? arguments[0] : "bytepath";
  /* The file itself, wherever a link to it was called from: its folder's neighbour has the
   * programs. */
  const ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (length < 0)
    return refuse(cannot_run_here, name, "/proc is not mounted", "mount -t proc proc /proc");
  self[length] = '\0';
  snprintf(target, sizeof target, "%.*s/%s", (int)(strrchr(self, '/') - self), self, name);
  if (strcmp(target, self) == 0 || access(target, F_OK) != 0) {
    snprintf(why, sizeof why,
             "there is no program of this name in the folder of the tarball's programs");
    return refuse(failed, name, why, "call it, or a link to it, by the name that it has in bin/");
  }
  if (access(interpreter, F_OK) != 0)
    return refuse(cannot_run_here, name,
                  "this host has no glibc (no /lib64/ld-linux-x86-64.so.2); musl, as in Alpine, is "
                  "not enough",
                  "run it in a container with glibc " BYTEPATH_MINIMUM_GLIBC
                  " or newer, such as debian:12");
  if (!new_enough(version, sizeof version)) {
    snprintf(why, sizeof why,
             "this host's glibc%s%s is too old, " BYTEPATH_MINIMUM_GLIBC " or newer is needed",
             version[0] != '\0' ? " " : "", version);
    return refuse(
        cannot_run_here, name, why,
        "run it in a container of a newer distribution, such as debian:12, or build it here");
  }
  execv(target, arguments);
  return refuse(failed, name, strerror(errno),
                "is it for this processor (x86-64), and may it be executed?");
}
