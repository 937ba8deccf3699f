/*
 * Times in nanoseconds, counted log-linearly as HdrHistogram does: each power of two is divided into 128 equal parts,
 * so a value is known to within 0.8 %, in 60 kB whatever the range, and counting is one shift and one addition.
 */
#pragma once
#include <stdint.h>
#include <stdio.h>

enum {
  HISTOGRAM_PARTS_LOG2 = 7,
  HISTOGRAM_PARTS = 1 << HISTOGRAM_PARTS_LOG2,
  HISTOGRAM_CELLS = (64 - HISTOGRAM_PARTS_LOG2 + 1) * HISTOGRAM_PARTS,
};

typedef struct {
  uint64_t count;
  uint64_t max;
  double sum;
  uint64_t cells[HISTOGRAM_CELLS];
} Histogram;

void histogram_add(Histogram *, uint64_t ns);

/* The least value that a share of all is not above, to within a cell. 0 where nothing was counted. */
uint64_t histogram_quantile(const Histogram *, double share);

/* {"count", "mean", "p50", "p99", "p999", "max"}, in milliseconds. */
void histogram_print(const Histogram *, FILE *);
