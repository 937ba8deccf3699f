/* See plan.h. */
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"

/* A whole file, with a zero behind it. */
static char *contents(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) fail("%s cannot be read", path);
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char *bytes = must_allocate(NULL, *length + 1);
  if (fread(bytes, 1, *length, file) != *length) fail("%s cannot be read to its end", path);
  fclose(file);
  bytes[*length] = 0;
  return bytes;
}

Protocol protocol_named(const char *name) {
  if (strcmp(name, "http") == 0) return HTTP;
  if (strcmp(name, "resp") == 0) return RESP;
  if (strcmp(name, "memcached") == 0) return MEMCACHED;
  fail("protocol: \"%s\" is none of http, resp, memcached", name);
}

static void read_sequence(Sequence *sequence, const char *path) {
  size_t bytes;
  sequence->items = (const uint32_t *)contents(path, &bytes);
  sequence->length = bytes / sizeof(uint32_t);
  if (sequence->length == 0) fail("%s holds no items", path);
}

static int operation_field(Operation *operation, const char *name, const char *value, size_t length) {
  if (strcmp(name, "weight") == 0) operation->weight = (uint32_t)atoi(value);
  else if (strcmp(name, "status") == 0) operation->status = atoi(value);
  else if (strcmp(name, "request") == 0) template_read(&operation->request, value, length);
  else if (strcmp(name, "answer") == 0) template_read(&operation->answer, value, length);
  else return 0;
  return 1;
}

static uint64_t from_ms(const char *value) { return (uint64_t)(atof(value) * 1e6); }

static void field(Plan *plan, const char *name, const char *value, size_t length) {
  if (strcmp(name, "protocol") == 0) plan->protocol = protocol_named(value);
  else if (strcmp(name, "host") == 0) plan->host = value;
  else if (strcmp(name, "port") == 0) plan->port = atoi(value);
  else if (strcmp(name, "connections") == 0) plan->connections = (unsigned)atoi(value);
  else if (strcmp(name, "depth") == 0) plan->depth = (unsigned)atoi(value);
  else if (strcmp(name, "warmupMs") == 0) plan->warmup_ns = from_ms(value);
  else if (strcmp(name, "measuredMs") == 0) plan->measured_ns = from_ms(value);
  else if (strcmp(name, "requests") == 0) plan->requests = strtoull(value, NULL, 10);
  else if (strcmp(name, "silenceMs") == 0) plan->silence_ns = from_ms(value);
  else if (strcmp(name, "pids") == 0) plan->pids = value;
  else if (strcmp(name, "sequence") == 0) read_sequence(&plan->sequence, value);
  else if (strcmp(name, "operation") == 0) {
    if (plan->operation_count++ == OPERATIONS_MAX) fail("more than %d operations", OPERATIONS_MAX);
  } else if (plan->operation_count == 0 ||
             !operation_field(&plan->operations[plan->operation_count - 1], name, value, length)) {
    fail("the plan's field \"%s\" is not known", name);
  }
}

static void check(Plan *plan) {
  if (plan->host == NULL || plan->port == 0) fail("the plan says no host and port");
  if (plan->connections == 0 || plan->depth == 0) fail("connections and depth must be at least 1");
  if (plan->operation_count == 0) fail("the plan has no operation");
  if (plan->sequence.length == 0) fail("the plan has no sequence of items");
  for (unsigned i = 0; i < plan->operation_count; i++) {
    Operation *operation = &plan->operations[i];
    if (operation->weight == 0 || operation->request.length == 0) fail("operation %u has no weight or request", i);
    if (operation->answer.keys > operation->request.keys) fail("operation %u has more keys in the answer", i);
    plan->weights += operation->weight;
  }
}

void plan_read(Plan *plan, const char *path) {
  size_t length;
  char *at = contents(path, &length), *end = at + length;
  *plan = (Plan){.depth = 1, .silence_ns = 5000000000u};
  snprintf(plan->own_pid, sizeof plan->own_pid, "%d", (int)getpid());
  while (at < end) {
    char *space = strchr(at, ' ');
    char *line_feed = strchr(at, '\n');
    if (space == NULL || line_feed == NULL || space > line_feed) fail("the plan has no `name length` at its byte %zu", length - (size_t)(end - at));
    size_t bytes = strtoull(space + 1, NULL, 10);
    char *value = line_feed + 1;
    if ((size_t)(end - value) < bytes + 1 || value[bytes] != '\n') fail("the plan's lengths do not fit");
    *space = 0;
    value[bytes] = 0;
    field(plan, at, value, bytes);
    at = value + bytes + 1;
  }
  check(plan);
}
