/* See usage.h. */
#include "usage.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static void add_thread(Usage *usage, const char *path) {
  FILE *file = fopen(path, "r");
  unsigned long long ran, waited;
  if (file == NULL) return;
  if (fscanf(file, "%llu %llu", &ran, &waited) == 2) {
    usage->ran_ns += ran;
    usage->waited_ns += waited;
  }
  fclose(file);
}

static void add_process(Usage *usage, long pid) {
  char folder[64], path[384];
  snprintf(folder, sizeof folder, "/proc/%ld/task", pid);
  DIR *threads = opendir(folder);
  if (threads == NULL) return;
  for (struct dirent *entry; (entry = readdir(threads)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%s/schedstat", folder, entry->d_name);
    add_thread(usage, path);
  }
  closedir(threads);
}

Usage usage_of(const char *pids) {
  Usage usage = {0, 0};
  for (char *end; pids != NULL && *pids != 0; pids = end) {
    long pid = strtol(pids, &end, 10);
    if (end == pids) break;
    add_process(&usage, pid);
  }
  return usage;
}

/* Less than before: threads have ended. */
static uint64_t grown(uint64_t now, uint64_t before) { return now > before ? now - before : 0; }

Usage usage_since(Usage now, Usage before) {
  return (Usage){grown(now.ran_ns, before.ran_ns), grown(now.waited_ns, before.waited_ns)};
}
