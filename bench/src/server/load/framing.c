/* See framing.h. */
#define _GNU_SOURCE
#include "framing.h"

#include <string.h>
#include <strings.h>

/* Digits up to a CR or another end; -1 where there are none, or too many. */
static long number_at(const char *at, const char *end) {
  long number = 0;
  const char *from = at;
  while (at < end && *at >= '0' && *at <= '9' && at - from < 18) number = number * 10 + (*at++ - '0');
  return at == from || (at < end && *at >= '0' && *at <= '9') ? -1 : number;
}

/* Behind the next CR LF, or NULL where there is none yet. */
static const char *line_end(const char *at, const char *end) {
  const char *feed = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
  return feed == NULL ? NULL : feed + 1;
}

static FrameResult frame_http(const char *bytes, size_t length, Frame *frame) {
  static const char version[] = "HTTP/1.1 ", name[] = "content-length:";
  if (memcmp(bytes, version, length < 9 ? length : 9) != 0) return FRAME_BROKEN;
  const char *head_end = memmem(bytes, length, "\r\n\r\n", 4);
  if (head_end == NULL) return length > 65536 ? FRAME_BROKEN : FRAME_CUT;
  const char *end = head_end + 2;
  long content = -1;
  for (const char *line = line_end(bytes, end); line != NULL && line < end; line = line_end(line, end)) {
    if ((*line | 32) != 'c' || (size_t)(end - line) < sizeof name || strncasecmp(line, name, sizeof name - 1) != 0)
      continue;
    const char *value = line + sizeof name - 1;
    while (*value == ' ') value++;
    content = number_at(value, end);
  }
  long status = number_at(bytes + 9, end);
  if (status < 100 || status > 999) return FRAME_BROKEN;
  if (content < 0 && (status == 204 || status == 304)) content = 0;
  if (content < 0) return FRAME_BROKEN;
  *frame = (Frame){(int)status, (size_t)(head_end + 4 - bytes), (size_t)content};
  return frame->head + frame->content <= length ? FRAME_WHOLE : FRAME_CUT;
}

/* Behind one RESP2 value; NULL where it is not whole; `broken` where it is none. */
static const char *resp_end(const char *at, const char *end, int *broken) {
  const char *line = at;
  if ((at = line_end(at, end)) == NULL) {
    *broken = line < end && strchr("+-:$*", *line) == NULL;
    return NULL;
  }
  if (*line == '+' || *line == '-' || *line == ':') return at;
  int nothing = line[1] == '-';
  long count = nothing ? 0 : number_at(line + 1, end);
  *broken = count < 0 || (*line != '$' && *line != '*');
  if (*broken) return NULL;
  if (nothing) return at;
  if (*line == '$') return end - at >= count + 2 ? at + count + 2 : NULL;
  while (at != NULL && count-- > 0) at = resp_end(at, end, broken);
  return at;
}

static FrameResult frame_resp(const char *bytes, size_t length, Frame *frame) {
  int broken = 0;
  const char *end = resp_end(bytes, bytes + length, &broken);
  if (end == NULL) return broken ? FRAME_BROKEN : FRAME_CUT;
  frame->content = (size_t)(end - bytes);
  return FRAME_WHOLE;
}

/* One line, or any number of `VALUE key flags bytes` with their bytes, and `END`. */
static FrameResult frame_memcached(const char *bytes, size_t length, Frame *frame) {
  const char *end = bytes + length, *at = bytes, *line = bytes;
  while ((at = line_end(line, end)) != NULL) {
    if (at - line < 6 || memcmp(line, "VALUE ", 6) != 0) {
      frame->content = (size_t)(at - bytes);
      return FRAME_WHOLE;
    }
    const char *last = memrchr(line, ' ', (size_t)(at - line));
    long value = number_at(last + 1, at);
    if (value < 0) return FRAME_BROKEN;
    if (end - at < value + 2) return FRAME_CUT;
    line = at + value + 2;
  }
  return FRAME_CUT;
}

FrameResult frame_answer(Protocol protocol, const char *bytes, size_t length, Frame *frame) {
  *frame = (Frame){0, 0, 0};
  if (length == 0) return FRAME_CUT;
  if (protocol == HTTP) return frame_http(bytes, length, frame);
  if (protocol == RESP) return frame_resp(bytes, length, frame);
  return frame_memcached(bytes, length, frame);
}
