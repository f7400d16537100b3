#include "plugin/catalog.hpp"

#include "core/sha256.hpp"
#include "plugin/description_cache.hpp"
#include "plugin/library.hpp"
#include "plugin/object_file.hpp"
#include "process/sandbox.hpp"

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string_view>
#include <utility>

namespace ravine {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr sandbox_limits looking{.time = 5s,
                                 .memory = std::size_t{1} << 30U,
                                 .answer = std::size_t{4} << 20U,
                                 .prints = sandbox_limits::printing::dropped};

enum class answer : std::uint8_t {
  described,    ///< a plugin_description follows
  refused,      ///< the reason follows
  refused_here  ///< the same, but another machine or another day might give another answer
};

/// What a process that exists for it finds out about the file.
std::string look(const fs::path& file) {
  byte_writer found;
  try {
    const loaded_plugin loaded = load_library(file);
    found << answer::described << static_cast<const plugin_description&>(loaded);
  } catch (const load_error& reason) {
    found << answer::refused_here << std::string_view(reason.what());
  } catch (const plugin_error& reason) {
    found << answer::refused << std::string_view(reason.what());
  }
  return {reinterpret_cast<const char*>(found.bytes().data()), found.bytes().size()};
}

constexpr std::int64_t seconds_to_remember_timeouts = 600;

enum class lasting { yes, for_a_while, no };

/// Reads what a process has answered, which may have been written by the plugin itself.
lasting take_answer(const std::string& text, known_plugin& into) {
  byte_reader from(std::as_bytes(std::span(text)));
  const auto kind = from.get<answer>();
  if (kind == answer::refused || kind == answer::refused_here) {
    from >> into.refusal;
    if (into.refusal.empty()) into.refusal = "it was refused without a reason";
    return kind == answer::refused ? lasting::yes : lasting::no;
  }
  if (kind != answer::described) throw bytes_error("it is of no known kind");
  const std::string expected = into.described.file.sha256;
  from >> into.described;
  if (into.described.file.sha256 != expected) throw plugin_error("the file has changed meanwhile");
  return lasting::yes;
}

/// Whether another process would end alike: not of lack of time or memory, nor of another processor.
bool ends_alike(const sandbox_outcome& outcome) {
  using how = sandbox_outcome::how;
  return outcome.ended == how::left || outcome.ended == how::overflowed ||
         (outcome.ended == how::crashed && outcome.signal != SIGKILL && outcome.signal != SIGILL);
}

/// Completes what is known by what came of loading the file. Whether the same would come of the same content
/// again.
lasting take_outcome(const sandbox_outcome& outcome, known_plugin& into) {
  if (outcome.ended != sandbox_outcome::how::answered) {
    into.refusal = outcome.ended == sandbox_outcome::how::threw
                       ? "while it was loaded, " + outcome.text
                       : "while it was loaded, " + failure_of(outcome);
    // A slow disk may be the reason, but not every command should wait for a file that hangs.
    if (outcome.ended == sandbox_outcome::how::timed_out) return lasting::for_a_while;
    return ends_alike(outcome) ? lasting::yes : lasting::no;
  }
  try {
    return take_answer(outcome.text, into);
  } catch (const error& problem) {
    into.described.components.clear();
    into.refusal = std::string("what it says of itself was lost: ") + problem.what();
    return lasting::no;
  }
}

/// What is known of a file without loading it; `is_complete` if that is all there is to know.
struct seen_file {
  known_plugin known;
  bool is_complete = true;
};

seen_file see(const fs::path& file, const description_cache& remembered) {
  seen_file seen;
  known_plugin& known = seen.known;
  try {
    known.path = fs::absolute(file);
    known.identity = identity_of(file);
    check_not_writable_by_others(file);  // it may have been allowed when the file was looked at
    if (const known_plugin* const same = remembered.find(known.path, known.identity)) return {*same};
    check_object_file(file);
    known.described.file.sha256 = sha256_file(file);
    const known_plugin* const alike = remembered.find(known.described.file.sha256);
    seen.is_complete = alike != nullptr;
    if (alike != nullptr) {
      known.described = alike->described;
      known.refusal = alike->refusal;
      known.until = alike->until;
    }
  } catch (const fs::filesystem_error& problem) {
    known.refusal = problem.code().message();
  } catch (const std::exception& reason) {
    known.refusal = reason.what();
  }
  return seen;
}

}  // namespace

std::vector<looked_at_plugin> look_at_plugins(std::span<const fs::path> files) {
  description_cache remembered;
  std::vector<known_plugin> all;
  std::vector<std::size_t> unknown;
  for (const fs::path& file : files) {
    seen_file seen = see(file, remembered);
    if (!seen.is_complete) unknown.push_back(all.size());
    all.push_back(std::move(seen.known));
  }
  const auto look_at = [&](std::size_t i) { return look(files[unknown[i]]); };
  const std::vector<sandbox_outcome> outcomes = try_in_sandboxes(unknown.size(), look_at, looking);
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    known_plugin& found = all[unknown[i]];
    const lasting how_long = take_outcome(outcomes[i], found);
    if (how_long == lasting::for_a_while) found.until = time(nullptr) + seconds_to_remember_timeouts;
    if (how_long != lasting::no) remembered.put(found);
  }
  remembered.save();
  std::vector<looked_at_plugin> answers;
  for (std::size_t i = 0; i < files.size(); ++i) {
    all[i].described.file.path = files[i];
    answers.push_back({std::move(all[i].described), std::move(all[i].refusal)});
  }
  return answers;
}

}  // namespace ravine
