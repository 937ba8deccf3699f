/*
 * The closed loop: every connection has `depth` requests under way, and sends the next when an answer has come. One
 * thread, one epoll; a connection's answers that came together are answered by requests sent together.
 *
 * A request's time is from just before it is sent to when the whole of its answer has been received. A server that
 * stalls delays what would have been sent meanwhile, which a closed loop cannot see: the highest quantiles flatter it.
 */
#pragma once
#include "connection.h"
#include "histogram.h"
#include "plan.h"
#include "usage.h"

enum { FIRST_WRONG_MAX = 300 };

typedef struct {
  uint64_t elapsed_ns;
  /* Answers in the measured time. */
  uint64_t answers;
  Histogram latencies;
  /* From the very beginning: answers that were not what they had to be, connections that the server ended, and what
   * was under way on them. */
  uint64_t wrong;
  uint64_t closed;
  uint64_t lost;
  /* HTTP's status and the content, or whatever came; its beginning. */
  int first_wrong_status;
  char first_wrong[FIRST_WRONG_MAX];
  size_t first_wrong_length;
  /* In the measured time, of this process and of the servers'. */
  Usage own;
  Usage servers;
} Outcome;

void load_run(const Plan *, Outcome *);
