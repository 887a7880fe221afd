// spin COUNT: keeps a CPU busy for COUNT rounds and ends; a static program whose work is exactly
// proportional to COUNT. For tests/bench/false-alarms.
#include <stdlib.h>

int main(int argc, char** argv) {
  const long rounds = argc > 1 ? atol(argv[1]) : 1000;
  volatile unsigned state = 1;
  for (long i = 0; i < rounds * 1000; ++i) state = state * 1664525U + 1013904223U;
  return state == 0;
}
