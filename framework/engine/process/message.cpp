#include "process/message.hpp"

#include "process/descriptor.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/random.h>

namespace ravine {

std::uint64_t new_nonce() {
  std::uint64_t nonce = 0;
  if (getrandom(&nonce, sizeof nonce, 0) != sizeof nonce) throw process_error(errno);
  return nonce;
}

bool message_reader::receive(int connection) {
  std::array<std::byte, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): overwritten
  const auto count = receive_now(connection, buffer);
  if (!count) return true;
  received_.insert(received_.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
  return *count > 0;
}

std::optional<message> message_reader::next() {
  message_header header{};
  if (received_.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, received_.data(), sizeof header);
  if (header.nonce != nonce_ || header.reserved != 0)
    throw message_error("what arrived is no message of the trial");
  const auto largest = largest_(header.kind);
  if (!largest) throw message_error("what arrived is a message that a trial does not send");
  if (header.size > *largest) {
    throw message_error(
        fmt::format("a message announces {} bytes, its kind has at most {}", header.size, *largest));
  }
  if (received_.size() - sizeof header < header.size) return std::nullopt;
  const auto begin = received_.begin() + sizeof header;
  const auto end = begin + static_cast<std::ptrdiff_t>(header.size);
  message taken{header.kind, {begin, end}};
  received_.erase(received_.begin(), end);
  return taken;
}

bool send_message(int connection, message_kind kind, std::uint64_t nonce, std::span<const std::byte> body) {
  const message_header header{kind, 0, body.size(), nonce};
  return send_both(connection, std::as_bytes(std::span(&header, 1)), body);
}

shared_log::outcome note_message(shared_log& in, message_kind kind, std::span<const std::byte> body) {
  byte_writer header;
  header << kind << std::uint64_t{body.size()};
  return in.append(header.bytes(), body);
}

}  // namespace ravine
