/*
 * What to do, as a file: fields, each a line `name length` and then so many bytes and a line feed. An `operation` opens
 * a new one, whose fields follow. plan.ts writes it and says what each field means.
 */
#pragma once
#include <stdint.h>

#include "framing.h"
#include "template.h"

enum { OPERATIONS_MAX = 8 };

typedef struct {
  /* How often it is chosen, in proportion to the other operations' weights. */
  uint32_t weight;
  /* Wanted, of HTTP; 0: not looked at. */
  int status;
  Template request;
  /* Of HTTP the content, of others the whole answer. */
  Template answer;
} Operation;

typedef struct {
  Protocol protocol;
  const char *host;
  int port;
  unsigned connections;
  /* Requests under way on a connection at a time. */
  unsigned depth;
  /* Answers are checked from the beginning, and counted after the warm-up. */
  uint64_t warmup_ns;
  uint64_t measured_ns;
  /* To stop after so many answers, without a warm-up; 0: by the time. */
  uint64_t requests;
  /* Given up where no answer at all comes for so long. */
  uint64_t silence_ns;
  /* Of the server, and of this process: whose use of the cores is told. */
  const char *pids;
  char own_pid[16];
  Sequence sequence;
  Operation operations[OPERATIONS_MAX];
  unsigned operation_count;
  uint32_t weights;
} Plan;

void plan_read(Plan *, const char *path);

Protocol protocol_named(const char *name);
