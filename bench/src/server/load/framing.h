/*
 * Where an answer ends, by protocol. Pure: bytes in, lengths out. What is in the answer is looked at by template.h.
 *
 * Read is what servers send to the requests of this benchmark, not all that the protocols know: of HTTP, answers with a
 * Content-Length (no chunks, no answers that end with the connection); of Redis, RESP2; of memcached, the text protocol.
 */
#pragma once
#include <stddef.h>

typedef enum { HTTP, RESP, MEMCACHED } Protocol;

typedef struct {
  /* HTTP's status; else 0. */
  int status;
  /* Of the whole answer: what comes before the content, and the content. RESP and memcached are all content. */
  size_t head;
  size_t content;
} Frame;

typedef enum {
  FRAME_WHOLE,
  /* The end is not there yet; `frame` tells the lengths if they are known, else zeros. */
  FRAME_CUT,
  /* This is no answer, or none whose end can be known. */
  FRAME_BROKEN,
} FrameResult;

FrameResult frame_answer(Protocol, const char *bytes, size_t length, Frame *frame);
