/* See connection.h. */
#define _GNU_SOURCE
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"

void bytes_append(Bytes *to, const char *bytes, size_t length) {
  if (to->length + length > to->capacity) {
    to->capacity = (to->length + length) * 2;
    to->bytes = must_allocate(to->bytes, to->capacity);
  }
  memcpy(to->bytes + to->length, bytes, length);
  to->length += length;
}

void bytes_drop(Bytes *from, size_t length) {
  from->length -= length;
  if (from->length > 0) memmove(from->bytes, from->bytes + length, from->length);
}

static void watch(Connection *connection, int epoll, uint32_t index, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.u32 = index};
  if (epoll_ctl(epoll, operation, connection->fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
}

void connection_open(Connection *connection, const Plan *plan, int epoll, uint32_t index) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)plan->port)};
  if (inet_pton(AF_INET, plan->host, &address.sin_addr) != 1) fail("host: \"%s\" is no IPv4 address", plan->host);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("no more sockets: %s (see `ulimit -n`)", strerror(errno));
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
    fail("%s:%d does not accept connection %u: %s", plan->host, plan->port, index + 1, strerror(errno));
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  Request *requests = connection->requests;
  if (requests == NULL) requests = must_allocate(NULL, plan->depth * sizeof(Request));
  *connection = (Connection){.fd = fd, .requests = requests};
  watch(connection, epoll, index, EPOLL_CTL_ADD, EPOLLIN);
}

unsigned connection_close(Connection *connection) {
  close(connection->fd);
  unsigned lost = connection->under_way;
  Bytes none = {0};
  free(connection->received.bytes);
  free(connection->unsent.bytes);
  connection->received = connection->unsent = none;
  connection->under_way = 0;
  return lost;
}

static int keep(Connection *connection, const char *bytes, size_t length, int epoll, uint32_t index) {
  bytes_append(&connection->unsent, bytes, length);
  if (!connection->waits_to_write) watch(connection, epoll, index, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
  connection->waits_to_write = 1;
  return 1;
}

int connection_send(Connection *connection, const char *bytes, size_t length, int epoll, uint32_t index) {
  if (connection->unsent.length > 0) return keep(connection, bytes, length, epoll, index);
  ssize_t sent = send(connection->fd, bytes, length, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return 0;
  size_t done = sent < 0 ? 0 : (size_t)sent;
  return done == length || keep(connection, bytes + done, length - done, epoll, index);
}

int connection_writable(Connection *connection, int epoll, uint32_t index) {
  Bytes *unsent = &connection->unsent;
  ssize_t sent = send(connection->fd, unsent->bytes, unsent->length, MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN;
  bytes_drop(unsent, (size_t)sent);
  if (unsent->length == 0) {
    watch(connection, epoll, index, EPOLL_CTL_MOD, EPOLLIN);
    connection->waits_to_write = 0;
  }
  return 1;
}
