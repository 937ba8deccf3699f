/*
 * What processes took of the cores, and for how long they were ready but had none, which is other processes' doing.
 * From Linux's schedstat, all threads together; a thread that ends meanwhile takes its share with it.
 */
#pragma once
#include <stdint.h>

typedef struct {
  uint64_t ran_ns;
  uint64_t waited_ns;
} Usage;

/* Of the processes in a list of ids with spaces between them. */
Usage usage_of(const char *pids);

Usage usage_since(Usage now, Usage before);
