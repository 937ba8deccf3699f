/* See fail.h. */
#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

void *must_allocate(void *old, unsigned long bytes) {
  void *memory = realloc(old, bytes);
  if (memory == NULL) fail("no memory for %lu bytes", bytes);
  return memory;
}
