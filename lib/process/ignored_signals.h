/* C and C++: the spawn helper is C. */
#pragma once
#include <signal.h>

/* Every probe ignores them, so that a closed pipe and a file of the size that is allowed are errors
   of writing and not its death. A program that it starts must find them as a shell leaves them. */
static const int bytepath_ignored_signals[] = {SIGPIPE, SIGXFSZ};
