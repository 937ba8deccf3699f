/*
 * Requests, and the answers wanted, as texts with places for keys. What the benchmark sends and expects is data, so
 * this program knows no API, and every byte of every answer can be compared with what it has to be.
 *
 * Three bytes that no text has otherwise stand for what differs from request to request:
 *
 *   \1  the number of the request's next key, 15 digits
 *   \2  the number of the same key once more (a value that tells whose it is)
 *   \3  any whole number, in wanted answers, once (a counter's new value)
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { KEY_DIGITS = 15 };

typedef struct {
  size_t at;
  /* Whether it begins a key, or repeats the one before. */
  int next;
} Place;

typedef struct {
  /* With the digits of the keys written last, which are written over. */
  char *text;
  size_t length;
  Place *places;
  unsigned place_count;
  /* How many different keys. */
  unsigned keys;
  /* Where any number may stand; -1: nowhere. */
  long number_at;
} Template;

/* The items that requests ask for, one after another, from the beginning again after the last. */
typedef struct {
  const uint32_t *items;
  size_t length;
} Sequence;

void template_read(Template *, const char *source, size_t length);

/* Writes in the keys that the sequence has from `from` on. */
void template_fill(Template *, Sequence, size_t from);

/* Whether an answer is what the template, filled, wants. */
int template_matches(const Template *, const char *bytes, size_t length);
