/*
 * A load generator that is as strong for one protocol as for another: HTTP, Redis's and memcached's.
 *
 *   load PLAN           does what the plan (plan.h) says, and prints the outcome as a line of JSON
 *   load frames NAME    frames the answers of that protocol on stdin: a line `status head content` each (for tests)
 *   load quantiles      numbers on stdin, one a line, as nanoseconds into the histogram: its summary (for tests)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "load.h"

static void print_text(const char *bytes, size_t length) {
  putchar('"');
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)bytes[i];
    if (c < 32 || c == '"' || c == '\\' || c > 126) printf("\\u%04x", c);
    else putchar(c);
  }
  putchar('"');
}

static void print_usage(const char *name, Usage usage) {
  printf(",\"%s\":{\"ranMs\":%.3f,\"waitedMs\":%.3f}", name, (double)usage.ran_ns / 1e6, (double)usage.waited_ns / 1e6);
}

static void print_outcome(const Outcome *outcome) {
  printf("{\"elapsedMs\":%.3f,\"answers\":%llu,\"wrong\":%llu,\"closed\":%llu,\"lost\":%llu,\"firstWrongStatus\":%d,\"firstWrong\":",
         (double)outcome->elapsed_ns / 1e6, (unsigned long long)outcome->answers, (unsigned long long)outcome->wrong,
         (unsigned long long)outcome->closed, (unsigned long long)outcome->lost, outcome->first_wrong_status);
  print_text(outcome->first_wrong, outcome->first_wrong_length);
  fputs(",\"latencyMs\":", stdout);
  histogram_print(&outcome->latencies, stdout);
  print_usage("load", outcome->own);
  print_usage("server", outcome->servers);
  puts("}");
}

static void run(const char *path) {
  static Plan plan;
  static Outcome outcome;
  plan_read(&plan, path);
  load_run(&plan, &outcome);
  print_outcome(&outcome);
}

static void print_frames(const char *name) {
  static char bytes[1 << 20];
  size_t length = fread(bytes, 1, sizeof bytes, stdin), at = 0;
  Frame frame;
  FrameResult result = FRAME_CUT;
  while (at < length && (result = frame_answer(protocol_named(name), bytes + at, length - at, &frame)) == FRAME_WHOLE) {
    printf("%d %zu %zu\n", frame.status, frame.head, frame.content);
    at += frame.head + frame.content;
  }
  if (at < length) puts(result == FRAME_BROKEN ? "broken" : "cut");
}

static void print_quantiles(void) {
  static Histogram histogram;
  for (unsigned long long ns; scanf("%llu", &ns) == 1;) histogram_add(&histogram, ns);
  histogram_print(&histogram, stdout);
  putchar('\n');
}

int main(int count, char **words) {
  if (count == 3 && strcmp(words[1], "frames") == 0) print_frames(words[2]);
  else if (count == 2 && strcmp(words[1], "quantiles") == 0) print_quantiles();
  else if (count == 2) run(words[1]);
  else fail("one argument wanted, the plan");
  return 0;
}
