/* See load.h. */
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"

enum { RECEIVED_MAX = 4 << 20, EVENTS_MAX = 64, WAKE_MS = 50, REST_NS = 1000000000 };

typedef struct {
  const Plan *plan;
  Outcome *outcome;
  int epoll;
  Connection *connections;
  size_t cursor;
  uint64_t random;
  uint64_t now_ns;
  uint64_t last_answer_ns;
  uint64_t started;
  uint64_t answered;
  /* 0: not begun, still warming up. */
  uint64_t began_ns;
  /* Nothing more is sent, and no answer counted. */
  int ended;
  Usage own_before, servers_before;
  char *received;
  Bytes unsent;
} Load;

static uint64_t clock_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Marsaglia's xorshift64. */
static unsigned choose_operation(Load *load) {
  const Plan *plan = load->plan;
  if (plan->operation_count == 1) return 0;
  load->random ^= load->random << 13;
  load->random ^= load->random >> 7;
  load->random ^= load->random << 17;
  uint32_t at = (uint32_t)((load->random >> 32) % plan->weights);
  unsigned chosen = 0;
  while (at >= plan->operations[chosen].weight) at -= plan->operations[chosen++].weight;
  return chosen;
}

static void add_request(Load *load, Connection *connection) {
  const Plan *plan = load->plan;
  if (load->ended || (plan->requests > 0 && load->started >= plan->requests)) return;
  unsigned operation = choose_operation(load);
  Template *request = (Template *)&plan->operations[operation].request;
  template_fill(request, plan->sequence, load->cursor);
  bytes_append(&load->unsent, request->text, request->length);
  connection->requests[(connection->first + connection->under_way++) % plan->depth] =
      (Request){load->now_ns, load->cursor, operation};
  load->cursor = (load->cursor + request->keys) % plan->sequence.length;
  load->started++;
}

static void reopen(Load *load, uint32_t index);

static void send_requests(Load *load, uint32_t index, unsigned count) {
  Connection *connection = &load->connections[index];
  load->unsent.length = 0;
  while (count-- > 0) add_request(load, connection);
  if (load->unsent.length == 0) return;
  if (!connection_send(connection, load->unsent.bytes, load->unsent.length, load->epoll, index)) reopen(load, index);
}

static void reopen(Load *load, uint32_t index) {
  Outcome *outcome = load->outcome;
  outcome->lost += connection_close(&load->connections[index]);
  if (++outcome->closed > 10ull * load->plan->connections) fail("the server ends its connections again and again");
  connection_open(&load->connections[index], load->plan, load->epoll, index);
  send_requests(load, index, load->plan->depth);
}

static void note_wrong(Outcome *outcome, int status, const char *bytes, size_t length) {
  if (outcome->wrong++ > 0) return;
  outcome->first_wrong_status = status;
  outcome->first_wrong_length = length < FIRST_WRONG_MAX ? length : FIRST_WRONG_MAX;
  memcpy(outcome->first_wrong, bytes, outcome->first_wrong_length);
}

static void take_answer(Load *load, Connection *connection, const char *bytes, const Frame *frame) {
  const Plan *plan = load->plan;
  Request *request = &connection->requests[connection->first];
  Operation *operation = (Operation *)&plan->operations[request->operation];
  connection->first = (connection->first + 1) % plan->depth;
  connection->under_way--;
  load->answered++;
  template_fill(&operation->answer, plan->sequence, request->from);
  if ((operation->status != 0 && frame->status != operation->status) ||
      !template_matches(&operation->answer, bytes + frame->head, frame->content))
    note_wrong(load->outcome, frame->status, bytes + frame->head, frame->content);
  if (load->began_ns == 0 || load->ended) return;
  load->outcome->answers++;
  histogram_add(&load->outcome->latencies, load->now_ns - request->sent_ns);
}

/* How many whole answers there were; -1: something that is none. Keeps what is cut. */
static int take_answers(Load *load, Connection *connection, size_t length) {
  const char *bytes = load->received;
  int taken = 0;
  Frame frame;
  connection->needed = 0;
  while (length > 0) {
    FrameResult result = frame_answer(load->plan->protocol, bytes, length, &frame);
    size_t whole = frame.head + frame.content;
    if (result == FRAME_BROKEN || connection->under_way == 0) {
      note_wrong(load->outcome, 0, bytes, length);
      return -1;
    }
    if (result == FRAME_CUT) {
      connection->needed = whole;
      break;
    }
    take_answer(load, connection, bytes, &frame);
    bytes += whole;
    length -= whole;
    taken++;
  }
  connection->received.length = 0;
  if (length > 0) bytes_append(&connection->received, bytes, length);
  return taken;
}

static void readable(Load *load, uint32_t index) {
  Connection *connection = &load->connections[index];
  size_t kept = connection->received.length;
  if (kept == RECEIVED_MAX) fail("an answer of more than %d bytes", RECEIVED_MAX);
  ssize_t got = recv(connection->fd, load->received + kept, RECEIVED_MAX - kept, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return reopen(load, index);
  load->now_ns = load->last_answer_ns = clock_ns();
  if (kept + (size_t)got < connection->needed) {
    bytes_append(&connection->received, load->received + kept, (size_t)got);
    return;
  }
  if (kept > 0) memcpy(load->received, connection->received.bytes, kept);
  int taken = take_answers(load, connection, kept + (size_t)got);
  if (taken < 0) reopen(load, index);
  else send_requests(load, index, (unsigned)taken);
}

static void begin_measuring(Load *load) {
  load->servers_before = usage_of(load->plan->pids);
  load->own_before = usage_of(load->plan->own_pid);
  load->began_ns = clock_ns();
}

static void end_measuring(Load *load) {
  Outcome *outcome = load->outcome;
  load->ended = 1;
  outcome->elapsed_ns = clock_ns() - load->began_ns;
  outcome->servers = usage_since(usage_of(load->plan->pids), load->servers_before);
  outcome->own = usage_since(usage_of(load->plan->own_pid), load->own_before);
}

/* Whether there is more to do. No figure is made of no answer at all. */
static int goes_on(Load *load, uint64_t first_ns) {
  const Plan *plan = load->plan;
  if (plan->requests > 0) return load->answered + load->outcome->lost < plan->requests;
  uint64_t now = load->now_ns;
  if (load->began_ns == 0 && now - first_ns >= plan->warmup_ns) begin_measuring(load);
  return load->began_ns == 0 || now < load->began_ns + plan->measured_ns || load->outcome->answers == 0;
}

static void wait_and_serve(Load *load) {
  struct epoll_event events[EVENTS_MAX];
  int count = epoll_wait(load->epoll, events, EVENTS_MAX, WAKE_MS);
  if (count < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
  load->now_ns = clock_ns();
  for (int i = 0; i < count; i++) {
    uint32_t index = events[i].data.u32;
    Connection *connection = &load->connections[index];
    if ((events[i].events & EPOLLOUT) && !connection_writable(connection, load->epoll, index)) reopen(load, index);
    else if (events[i].events & ~(uint32_t)EPOLLOUT) readable(load, index);
  }
  if (load->now_ns - load->last_answer_ns > load->plan->silence_ns)
    fail("no answer for %llu ms", (unsigned long long)(load->plan->silence_ns / 1000000));
}

/* What is under way is waited for: not every server bears clients that go away before they are answered. */
static void wait_for_rest(Load *load) {
  uint64_t until_ns = clock_ns() + REST_NS;
  while (load->answered + load->outcome->lost < load->started && clock_ns() < until_ns) wait_and_serve(load);
}

void load_run(const Plan *plan, Outcome *outcome) {
  Load load = {.plan = plan, .outcome = outcome, .random = 88172645463325252u};
  load.epoll = epoll_create1(EPOLL_CLOEXEC);
  load.received = must_allocate(NULL, RECEIVED_MAX);
  load.connections = must_allocate(NULL, plan->connections * sizeof(Connection));
  memset(load.connections, 0, plan->connections * sizeof(Connection));
  for (uint32_t i = 0; i < plan->connections; i++) connection_open(&load.connections[i], plan, load.epoll, i);
  uint64_t first_ns = load.now_ns = load.last_answer_ns = clock_ns();
  if (plan->requests > 0) begin_measuring(&load);
  for (uint32_t i = 0; i < plan->connections; i++) send_requests(&load, i, plan->depth);
  while (goes_on(&load, first_ns)) wait_and_serve(&load);
  end_measuring(&load);
  wait_for_rest(&load);
}
