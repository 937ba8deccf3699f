/* See template.h. */
#include "template.h"

#include <string.h>

#include "fail.h"

void template_read(Template *t, const char *source, size_t length) {
  *t = (Template){.number_at = -1};
  size_t places = 0;
  for (size_t i = 0; i < length; i++) places += source[i] == 1 || source[i] == 2;
  t->text = must_allocate(NULL, length + places * KEY_DIGITS + 1);
  t->places = must_allocate(NULL, (places + 1) * sizeof(Place));
  for (size_t i = 0; i < length; i++) {
    if (source[i] == 3) {
      if (t->number_at >= 0) fail("a template with two places for any number");
      t->number_at = (long)t->length;
    } else if (source[i] == 1 || source[i] == 2) {
      t->places[t->place_count++] = (Place){t->length, source[i] == 1};
      t->keys += source[i] == 1;
      memset(t->text + t->length, '0', KEY_DIGITS);
      t->length += KEY_DIGITS;
    } else {
      t->text[t->length++] = source[i];
    }
  }
}

/* The last eight digits, two at a time: there are fewer than 100 million items, and the others stay 0. */
static void write_digits(char *end, uint32_t item) {
  static const char pairs[] =
      "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354"
      "555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
  for (int i = 0; i < 4; i++) {
    uint32_t rest = item / 100;
    end -= 2;
    memcpy(end, pairs + (item - rest * 100) * 2, 2);
    item = rest;
  }
}

void template_fill(Template *t, Sequence sequence, size_t from) {
  size_t next = from;
  uint32_t item = 0;
  for (unsigned i = 0; i < t->place_count; i++) {
    if (t->places[i].next) {
      item = sequence.items[next];
      if (++next == sequence.length) next = 0;
    }
    write_digits(t->text + t->places[i].at + KEY_DIGITS, item);
  }
}

/* How long a number begins here. */
static size_t number_length(const char *bytes, size_t length) {
  size_t at = length > 1 && bytes[0] == '-' ? 1 : 0;
  size_t digits = at;
  while (at < length && bytes[at] >= '0' && bytes[at] <= '9') at++;
  return at == digits ? 0 : at;
}

int template_matches(const Template *t, const char *bytes, size_t length) {
  if (t->number_at < 0) return length == t->length && memcmp(bytes, t->text, length) == 0;
  size_t before = (size_t)t->number_at, after = t->length - before;
  if (length < t->length || memcmp(bytes, t->text, before) != 0) return 0;
  size_t number = number_length(bytes + before, length - before);
  return number > 0 && length == before + number + after && memcmp(bytes + before + number, t->text + before, after) == 0;
}
