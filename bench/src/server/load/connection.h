/*
 * One connection: the requests that are under way on it, what could not be sent yet, and the beginning of an answer
 * whose end has not come. Bytes are received into one buffer that all share, so that with a thousand connections it
 * stays in the processor's cache; only what is cut is kept here.
 */
#pragma once
#include <stdint.h>

#include "plan.h"

typedef struct {
  uint64_t sent_ns;
  /* Where the request's keys begin in the sequence. */
  size_t from;
  unsigned operation;
} Request;

typedef struct {
  char *bytes;
  size_t length;
  size_t capacity;
} Bytes;

typedef struct {
  int fd;
  /* A ring of `depth`. */
  Request *requests;
  unsigned first;
  unsigned under_way;
  Bytes received;
  /* Of the cut answer, where it is known. */
  size_t needed;
  Bytes unsent;
  int waits_to_write;
} Connection;

void bytes_append(Bytes *, const char *bytes, size_t length);
void bytes_drop(Bytes *, size_t length);

/* Connects, and waits until that is done; fails where nobody listens. */
void connection_open(Connection *, const Plan *, int epoll, uint32_t index);

/* Forgets what was under way; how much that was. */
unsigned connection_close(Connection *);

/* Sends, or keeps what the socket does not take now. 0: the connection is lost. */
int connection_send(Connection *, const char *bytes, size_t length, int epoll, uint32_t index);

/* Goes on sending what was kept. 0: the connection is lost. */
int connection_writable(Connection *, int epoll, uint32_t index);
