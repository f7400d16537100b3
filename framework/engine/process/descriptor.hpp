#pragma once

#include "core/error.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace ravine {

/// No process, or no connection to one, could be made.
class process_error : public error {
 public:
  /// `number` is an errno.
  explicit process_error(int number);
  /// The system's reason alone: "Too many open files".
  const std::string& reason() const { return reason_; }

 private:
  std::string reason_;
};

/// Owns a file descriptor, and closes it.
class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int number) : number_(number) {}
  ~descriptor() { close(); }
  descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  /// -1 if there is none.
  int get() const { return number_; }
  void close();

 private:
  int number_ = -1;
};

struct pipe_ends {
  descriptor read, write;
};
struct socket_ends {
  descriptor ours, theirs;
};

/// Programs that are started do not inherit the ends, except as their standard streams. Both throw
/// process_error.
pipe_ends make_pipe();
/// A stream in both directions, which tells a writer with an error, not with SIGPIPE, that nobody reads.
socket_ends make_socket_pair();

// Input and output go on where a signal has interrupted them.

/// Waits for something to read until `deadline`, and reads at most into.size() bytes: how many, 0 at the end;
/// nothing if the deadline has passed.
std::optional<std::size_t> read_until(int from, std::span<std::byte> into,
                                      std::chrono::steady_clock::time_point deadline);
/// Reads all until the end.
std::string read_to_end(int from);
/// False if nobody reads, or on any other error.
bool write_all(int to, std::span<const std::byte> bytes);
/// The same for sockets; false too for what is no socket.
bool send_all(int socket, std::span<const std::byte> bytes);
/// Fills `into`. False at the end of the connection, or for what is no socket.
bool receive_all(int socket, std::span<std::byte> into);
/// Sends the bytes together with duplicates of the descriptors, at most 4, to another process.
bool send_passing(int socket, std::span<const std::byte> bytes, std::span<const int> passed);
/// Receives what send_passing sent: fills `into` and sets as many of `passed` as descriptors came. False at
/// the end of the connection.
bool receive_passed(int socket, std::span<std::byte> into, std::span<descriptor> passed);
/// What has arrived, without waiting: how many bytes, 0 at the end; nothing if nothing has arrived.
std::optional<std::size_t> receive_now(int socket, std::span<std::byte> into);

}  // namespace ravine
