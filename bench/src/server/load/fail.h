/* How this program ends where it cannot go on: one line on stderr that says why, and code 1. */
#pragma once

__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);

void *must_allocate(void *old, unsigned long bytes);
