/*
 * timer_interrupts HZ COMMAND...: runs the command with its CPU clock interrupting it HZ times a
 * second, and nothing else done then: no ring, no registers, no callers. What that costs no sampler
 * at this rate can be cheaper than.
 */
#define _GNU_SOURCE
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char** argv) {
  struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE,
                                  .size = sizeof event,
                                  .config = PERF_COUNT_SW_CPU_CLOCK,
                                  .sample_type = PERF_SAMPLE_IP,
                                  .freq = 1,
                                  .disabled = 1,
                                  .inherit = 1,
                                  .enable_on_exec = 1};
  if (argc < 3) {
    fputs("usage: timer_interrupts HZ COMMAND...\n", stderr);
    return 2;
  }
  event.sample_freq = strtoull(argv[1], NULL, 10);
  /* Open across the exec below: it goes with the process. */
  if (syscall(SYS_perf_event_open, &event, 0, -1, -1, 0) < 0) {
    perror("timer_interrupts: perf_event_open");
    return 3;
  }
  execvp(argv[2], argv + 2);
  perror(argv[2]);
  return 4;
}
