/* See histogram.h. */
#include "histogram.h"

/* Below 128 a value is its own cell; above, its 7 bits after the highest choose the part of its power of two. */
static unsigned cell_of(uint64_t ns) {
  if (ns < HISTOGRAM_PARTS) return (unsigned)ns;
  unsigned shift = 63u - (unsigned)__builtin_clzll(ns) - HISTOGRAM_PARTS_LOG2;
  return (shift + 1) * HISTOGRAM_PARTS + (unsigned)((ns >> shift) - HISTOGRAM_PARTS);
}

/* The middle of a cell. */
static uint64_t value_of(unsigned cell) {
  if (cell < HISTOGRAM_PARTS) return cell;
  unsigned shift = cell / HISTOGRAM_PARTS - 1;
  uint64_t least = (uint64_t)(HISTOGRAM_PARTS + cell % HISTOGRAM_PARTS) << shift;
  return least + (((uint64_t)1 << shift) >> 1);
}

void histogram_add(Histogram *h, uint64_t ns) {
  h->cells[cell_of(ns)]++;
  h->count++;
  h->sum += (double)ns;
  if (ns > h->max) h->max = ns;
}

uint64_t histogram_quantile(const Histogram *h, double share) {
  if (h->count == 0) return 0;
  double wanted = share * (double)h->count;
  uint64_t seen = 0;
  for (unsigned cell = 0; cell < HISTOGRAM_CELLS; cell++) {
    seen += h->cells[cell];
    if (seen > 0 && (double)seen >= wanted) {
      uint64_t value = value_of(cell);
      return value < h->max ? value : h->max;
    }
  }
  return h->max;
}

void histogram_print(const Histogram *h, FILE *out) {
  double mean = h->count == 0 ? 0 : h->sum / (double)h->count;
  fprintf(out, "{\"count\":%llu,\"mean\":%.6f,\"p50\":%.6f,\"p99\":%.6f,\"p999\":%.6f,\"max\":%.6f}",
          (unsigned long long)h->count, mean / 1e6, (double)histogram_quantile(h, 0.5) / 1e6,
          (double)histogram_quantile(h, 0.99) / 1e6, (double)histogram_quantile(h, 0.999) / 1e6,
          (double)h->max / 1e6);
}
