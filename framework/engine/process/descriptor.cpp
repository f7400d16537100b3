#include "process/descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace ravine {
namespace {

/// The answer of a system call, made again as long as a signal interrupts it.
template <class Call>
auto uninterrupted(Call call) {
  auto answer = call();
  while (answer < 0 && errno == EINTR) answer = call();
  return answer;
}

/// Calls transfer(rest) until nothing is left; false once it moves nothing.
template <class Byte, class Transfer>
bool transfer_all(std::span<Byte> bytes, Transfer transfer) {
  while (!bytes.empty()) {
    const ssize_t count = uninterrupted([&] { return transfer(bytes); });
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

/// The bytes that were read; an error ends a stream as its end does.
std::size_t bytes_read(ssize_t count) { return static_cast<std::size_t>(std::max<ssize_t>(count, 0)); }

}  // namespace

process_error::process_error(int number)
    : error(std::string("a process can't be started: ") + std::strerror(number)),
      reason_(std::strerror(number)) {}

void descriptor::close() {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw process_error(errno);
  return {descriptor(ends[0]), descriptor(ends[1])};
}

socket_ends make_socket_pair() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) throw process_error(errno);
  return {descriptor(ends[0]), descriptor(ends[1])};
}

std::optional<std::size_t> read_until(int from, std::span<std::byte> into,
                                      std::chrono::steady_clock::time_point deadline) {
  using std::chrono::milliseconds;
  constexpr milliseconds longest = std::chrono::hours(1);  // poll counts in an int
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::nullopt;
    pollfd watched{from, POLLIN, 0};
    if (poll(&watched, 1, static_cast<int>(std::min(left, longest).count())) <= 0) continue;
    return bytes_read(uninterrupted([&] { return read(from, into.data(), into.size()); }));
  }
}

std::string read_to_end(int from) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = uninterrupted([&] { return read(from, buffer.data(), buffer.size()); });
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

bool write_all(int to, std::span<const std::byte> bytes) {
  return transfer_all(bytes, [&](auto rest) { return write(to, rest.data(), rest.size()); });
}

bool send_all(int socket, std::span<const std::byte> bytes) {
  return transfer_all(bytes, [&](auto rest) { return send(socket, rest.data(), rest.size(), MSG_NOSIGNAL); });
}

bool receive_all(int socket, std::span<std::byte> into) {
  return transfer_all(into, [&](auto rest) { return recv(socket, rest.data(), rest.size(), 0); });
}

namespace {

constexpr std::size_t most_passed = 4;

/// A message with room for descriptors beside its bytes.
struct passing_message {
  explicit passing_message(std::span<std::byte> bytes) : part{bytes.data(), bytes.size()} {
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = room.data();
    header.msg_controllen = room.size();
  }
  passing_message(const passing_message&) = delete;
  passing_message& operator=(const passing_message&) = delete;

  iovec part;
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(most_passed * sizeof(int))> room{};
  msghdr header{};
};

}  // namespace

bool send_passing(int socket, std::span<const std::byte> bytes, std::span<const int> passed) {
  if (passed.empty()) return send_all(socket, bytes);
  std::vector<std::byte> copy(bytes.begin(), bytes.end());  // sendmsg wants to be able to write
  passing_message message(copy);
  message.header.msg_controllen = CMSG_SPACE(passed.size_bytes());
  cmsghdr* const rights = CMSG_FIRSTHDR(&message.header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(passed.size_bytes());
  std::memcpy(CMSG_DATA(rights), passed.data(), passed.size_bytes());
  const ssize_t sent = uninterrupted([&] { return sendmsg(socket, &message.header, MSG_NOSIGNAL); });
  return sent > 0 && send_all(socket, bytes.subspan(static_cast<std::size_t>(sent)));
}

bool receive_passed(int socket, std::span<std::byte> into, std::span<descriptor> passed) {
  passing_message message(into);
  const ssize_t count = uninterrupted([&] { return recvmsg(socket, &message.header, MSG_CMSG_CLOEXEC); });
  if (count <= 0) return false;
  for (cmsghdr* each = CMSG_FIRSTHDR(&message.header); each != nullptr;
       each = CMSG_NXTHDR(&message.header, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t arrived = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < arrived; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(each) + i * sizeof number, sizeof number);
      descriptor owner(number);  // closed if nobody asked for it
      if (i < passed.size()) passed[i] = std::move(owner);
    }
  }
  return receive_all(socket, into.subspan(static_cast<std::size_t>(count)));
}

std::optional<std::size_t> receive_now(int socket, std::span<std::byte> into) {
  const ssize_t count = uninterrupted([&] { return recv(socket, into.data(), into.size(), MSG_DONTWAIT); });
  if (count < 0 && errno == EAGAIN) return std::nullopt;
  return bytes_read(count);
}

}  // namespace ravine
