#include "cluster/array_files.hpp"
#include "core/byte_stream.hpp"
#include "core/error.hpp"
#include "store/provenance.hpp"
#include "trial/spec_bytes.hpp"

#include <cstddef>
#include <cstring>
#include <fstream>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

// A file of trials: this line, the size of the header, the header, and the parts one after another, so that
// a task reads no other one than its own.
constexpr std::string_view first_line = "ravine trials 1\n";

struct trials_header {
  std::string experiment;
  std::string build_sha256;
  std::vector<std::uint64_t> ends;  // of the parts, from the end of the header on
};

/// Repetitions that follow one another take one specification.
std::vector<std::byte> packed(const trial_list& trials) {
  byte_writer out;
  for (std::size_t i = 0; i < trials.size();) {
    const planned_trial first = trials[i];
    std::uint64_t count = 1;
    while (i + count < trials.size() && &trials.configuration(i + count) == &trials.configuration(i) &&
           trials.repetition(i + count) == first.spec.repetition + count) {
      ++count;
    }
    out << to_bytes(first.spec) << count;
    i += count;
  }
  return {out.bytes().begin(), out.bytes().end()};
}

trial_list trials_from(std::span<const std::byte> bytes) {
  trial_list trials;
  for (byte_reader in(bytes); !in.at_end();) {
    planned_trial first{.spec = spec_from_bytes(in.array(1)), .hash = {}};
    first.hash = content_hash(first.spec);
    trials.push_repetitions(std::move(first), in.get<std::uint64_t>());
  }
  return trials;
}

class trials_file {
 public:
  explicit trials_file(const fs::path& file) : file_(file), in_(file, std::ios::binary) {
    std::string line(first_line.size(), '\0');
    std::uint64_t size = 0;
    in_.read(line.data(), static_cast<std::streamsize>(line.size()));
    in_.read(reinterpret_cast<char*>(&size), sizeof size);
    constexpr std::uint64_t most = 1U << 30U;
    if (!in_ || line != first_line || size > most) raise("it is no file of trials of this version");
    begin_ = first_line.size() + sizeof size + size;
    checked([&] {
      const std::vector<std::byte> bytes = read(first_line.size() + sizeof size, size);
      byte_reader in(bytes);
      in >> header_.experiment >> header_.build_sha256 >> header_.ends;
    });
  }

  const trials_header& head() const { return header_; }

  void expect_this_build() {
    if (header_.build_sha256 == current_provenance(1).build_sha256) return;
    raise(
        fmt::format("another build of ravine wrote it (SHA-256 {}, and of this one {}); install the same "
                    "program on every machine",
                    header_.build_sha256.substr(0, 12), current_provenance(1).build_sha256.substr(0, 12)));
  }

  trial_list part(std::uint64_t index) {
    if (index == 0 || index > header_.ends.size()) {
      raise(fmt::format("it has no part {}, expected 1 to {}", index, header_.ends.size()));
    }
    const std::uint64_t from = index == 1 ? 0 : header_.ends[index - 2];
    trial_list trials;
    checked([&] { trials = trials_from(read(begin_ + from, header_.ends[index - 1] - from)); });
    return trials;
  }

 private:
  [[noreturn]] void raise(const std::string& what) const {
    throw error(fmt::format("{}: {}", file_.string(), what));
  }
  std::vector<std::byte> read(std::uint64_t from, std::uint64_t size) {
    std::vector<std::byte> bytes(size);
    in_.seekg(static_cast<std::streamoff>(from));
    in_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
    if (!in_) throw bytes_error("it ends too early");
    return bytes;
  }
  template <class Body>
  void checked(Body body) const {
    try {
      body();
    } catch (const bytes_error& problem) {
      raise(fmt::format("the file is damaged: {}", problem.what()));
    }
  }

  fs::path file_;
  std::ifstream in_;
  trials_header header_;
  std::uint64_t begin_ = 0;
};

}  // namespace

void write_trials(const fs::path& file, const array_trials& trials) {
  std::string parts;
  trials_header head{trials.experiment, trials.build_sha256, {}};
  for (const trial_list& part : trials.parts) {
    const std::vector<std::byte> bytes = packed(part);
    parts.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    head.ends.push_back(parts.size());
  }
  byte_writer out;
  out << std::string_view(head.experiment) << std::string_view(head.build_sha256) << head.ends;
  const std::uint64_t size = out.bytes().size();
  std::string text(first_line);
  text.append(reinterpret_cast<const char*>(&size), sizeof size);
  text.append(reinterpret_cast<const char*>(out.bytes().data()), size);
  write_text(file, text + parts);
}

array_trials read_trials(const fs::path& file) {
  trials_file in(file);
  in.expect_this_build();
  array_trials all{in.head().experiment, in.head().build_sha256, {}};
  for (std::uint64_t i = 1; i <= in.head().ends.size(); ++i) all.parts.push_back(in.part(i));
  return all;
}

trial_list read_part(const fs::path& file, std::uint64_t index) {
  trials_file in(file);
  in.expect_this_build();
  return in.part(index);
}

array_head read_head(const fs::path& file) {
  const trials_file in(file);
  return {in.head().experiment, in.head().ends.size()};
}

}  // namespace ravine
