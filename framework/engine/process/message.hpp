#pragma once

#include "core/byte_stream.hpp"
#include "process/shared_log.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// What the processes of a trial and their parent say to each other. Both are the same program on the same
/// machine, one descended from the other: numbers cross as they are in memory. What arrives is checked all
/// the same, since a plugin may have written to the connection.
namespace ravine {

/// A message that makes no sense.
struct message_error : bytes_error {
  using bytes_error::bytes_error;
};

enum class message_kind : std::uint32_t {
  // Of a trial; what the parent need not know at once it finds in the shared_log, as long as that has room:
  made = 1,    ///< parameters, bytes of the optimizer's state and scratch
  advanced,    ///< cost, planned steps, loss
  evaluated,   ///< one evaluation
  checkpoint,  ///< bytes of train/checkpoint
  refused,     ///< why the checkpoint that came with the job was not used
  end_state,   ///< the same, of the end of its budget
  went_on,     ///< cost of the shorter trial that it goes on from
  curve,       ///< the points of curve_text, once all evaluations are noted
  ended,       ///< the trial's result, without its evaluations
  crashed,     ///< a crash_note, as it is
  // Of its worker:
  unusable,  ///< why the plugins or the data can't be loaded
  ready,     ///< they are loaded; name and kernel of the BLAS that came with them
  started,   ///< the id of the trial's process
  gone       ///< a process_end: the trial's process has ended
};

/// Before each message.
struct message_header {
  message_kind kind;
  std::uint32_t reserved;
  std::uint64_t size;       ///< of what follows, in bytes
  std::uint64_t nonce = 0;  ///< tells messages from what a plugin writes by mistake
};

/// A number that nobody has had before, as far as chance allows, and nobody can guess. From the system: no
/// result depends on it. Throws process_error.
std::uint64_t new_nonce();

struct message {
  message_kind kind;
  std::vector<std::byte> body;
};

/// Takes messages out of a connection, in pieces as they arrive.
class message_reader {
 public:
  /// How many bytes a message of that kind may have; nothing for kinds that are not expected.
  using limits = std::optional<std::uint64_t> (*)(message_kind);

  message_reader(std::uint64_t nonce, limits largest) : nonce_(nonce), largest_(largest) {}

  /// Reads what has arrived. False at the end of the connection.
  bool receive(int connection);
  /// Bytes that have arrived and are not taken.
  std::size_t size() const { return received_.size(); }
  /// The next message that has arrived whole. Throws message_error, before memory is taken, for a header that
  /// is not the sender's.
  std::optional<message> next();

 private:
  std::uint64_t nonce_;
  limits largest_;
  std::vector<std::byte> received_;
};

/// Notes a message in memory that the reader shares, which does not wake it. There the kind stands before the
/// body, which is an array of bytes to byte_reader.
shared_log::outcome note_message(shared_log& in, message_kind kind, std::span<const std::byte> body);

/// The exit status of a process that finds its connection closed, or something else in its place.
inline constexpr int connection_lost_status = 97;

/// Sends a message in one piece, which wakes the reader once. False if nobody reads.
bool send_message(int connection, message_kind kind, std::uint64_t nonce, std::span<const std::byte> body);

}  // namespace ravine
