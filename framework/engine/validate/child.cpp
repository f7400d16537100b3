#include "validate/child.hpp"

#include "core/byte_stream.hpp"
#include "plugin/functions.hpp"
#include "process/crash_note.hpp"
#include "process/sandbox.hpp"
#include "validate/check.hpp"

#include <span>
#include <utility>

namespace ravine {
namespace {

/// A verdict and its reason, as the text that comes back from the child.
std::string encoded(verdict ended, const std::string& reason) { return static_cast<char>(ended) + reason; }

std::string judge(const std::function<void()>& body) {
  try {
    body();
    return encoded(verdict::pass, "");
  } catch (const not_applicable& reason) {
    return encoded(verdict::not_applicable, reason.what());
  }
}

/// In a process that has opened the file, from which the one that crashes is forked: so the place of a crash
/// in the plugin can be told, by the process that is not confined.
std::string run_where_it_is_open(const plugin_file& file, const std::function<std::string()>& job,
                                 std::chrono::duration<double> limit) {
  load_file(file);
  const sandbox_outcome outcome = try_in_sandbox(job, {.time = limit});
  byte_writer all;
  all << outcome.ended << outcome.seconds << std::string_view(outcome.text)
      << std::uint8_t{outcome.note != nullptr};
  if (outcome.note != nullptr) all << *outcome.note;
  return {reinterpret_cast<const char*>(all.bytes().data()), all.bytes().size()};
}

sandbox_outcome try_with_plugin(const plugin_file& file, const std::function<std::string()>& job,
                                std::chrono::duration<double> limit) {
  constexpr std::chrono::seconds to_open(10);
  sandbox_outcome outer = try_in_sandbox([&] { return run_where_it_is_open(file, job, limit); },
                                         {.time = sandbox_limits::patience * limit + to_open,  // it waits
                                          .confined = confined_for::loading});
  if (outer.ended != sandbox_outcome::how::answered) return outer;
  try {
    sandbox_outcome inner;
    byte_reader answer(std::as_bytes(std::span(outer.text)));
    std::uint8_t has_note = 0;
    answer >> inner.ended >> inner.seconds >> inner.text >> has_note;
    if (has_note == 0) return inner;
    inner.text = describe(answer.get<crash_note>());
    return inner;
  } catch (const bytes_error&) {
    return {.ended = sandbox_outcome::how::threw, .text = "a plugin wrote over the outcome"};
  }
}

}  // namespace

std::string_view to_string(verdict of) {
  switch (of) {
    case verdict::pass:
      return "pass";
    case verdict::fail:
      return "fail";
    case verdict::not_applicable:
      return "not applicable";
  }
  return "fail";
}

child_outcome run_in_child(const std::function<void()>& body, std::chrono::duration<double> limit,
                           const plugin_file* opened) {
  const auto job = [&] { return judge(body); };
  sandbox_outcome outcome =
      opened == nullptr ? try_in_sandbox(job, {.time = limit}) : try_with_plugin(*opened, job, limit);
  child_outcome result{verdict::fail, std::move(outcome.text), outcome.seconds};
  if (outcome.ended != sandbox_outcome::how::answered || result.reason.empty()) return result;
  result.ended = static_cast<verdict>(result.reason.front());
  result.reason.erase(0, 1);
  return result;
}

}  // namespace ravine
