#include "data/shared_dataset.hpp"
#include "fuzz/requirement.hpp"
#include "plugin/description.hpp"
#include "process/descriptor.hpp"
#include "process/message.hpp"
#include "trial/range_curve_bytes.hpp"
#include "trial/trial_bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

// What processes that run plugins say to their parent: a plugin may have written it. It is read, or refused
// with an error.
using ravine::fuzzing::require;

namespace {

using namespace ravine;

void read_evaluation(std::span<const std::byte> bytes) {
  evaluation point;
  byte_reader in(bytes);
  in >> point;
}

void read_result(std::span<const std::byte> bytes) {
  trial_result result;
  byte_reader in(bytes);
  in >> result;
  require(result.status >= trial_status::completed && result.status <= trial_status::interrupted);
  require(result.path.points.size() == result.path.steps.size() * result.path.dimension);
}

void read_range_curve(std::span<const std::byte> bytes) {
  const auto curve = byte_reader(bytes).get<range_curve>();
  require(!curve.suggestion || *curve.suggestion > 0);
}

void read_description(std::span<const std::byte> bytes) {
  plugin_description found;
  byte_reader in(bytes);
  in >> found;
  for (const component& each : found.components) require(!each.id.empty() && each.id.size() <= 64);
}

void read_dataset(std::span<const std::byte> bytes) {
  descriptor file(memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  require(write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  const dataset data = attach_dataset(std::move(file));
  std::size_t above = 0;  // every label is there to be read
  for (const image_set* part : {&data.train, &data.validation, &data.test}) {
    require(part->pixels.size() == part->labels.size() * data.features());
    for (const std::uint8_t label : part->labels) above += label >= data.classes ? 1 : 0;
  }
  require(above == 0);
}

/// Messages as a connection brings them, in two pieces.
void read_messages(std::span<const std::byte> bytes) {
  socket_ends ends = make_socket_pair();
  message_reader reader(0, [](message_kind kind) -> std::optional<std::uint64_t> {
    if (kind == message_kind::ended) return 64;
    return std::nullopt;
  });
  for (const auto piece : {bytes.first(bytes.size() / 2), bytes.subspan(bytes.size() / 2)}) {
    send_all(ends.theirs.get(), piece);
    reader.receive(ends.ours.get());
    while (const auto said = reader.next()) require(said->body.size() <= 64);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t longest = 65536;
  if (size == 0 || size > longest) return 0;
  const auto bytes = std::as_bytes(std::span(data, size)).subspan(1);
  void (*const readers[])(std::span<const std::byte>) = {read_evaluation,  read_result,  read_range_curve,
                                                         read_description, read_dataset, read_messages};
  try {
    readers[data[0] % std::size(readers)](bytes);
  } catch (const error&) {  // refused
  }
  return 0;
}
