#include "validate/child.hpp"

#include "process/sandbox.hpp"
#include "validate/check.hpp"

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

child_outcome run_in_child(const std::function<void()>& body, std::chrono::duration<double> limit) {
  sandbox_outcome outcome = try_in_sandbox([&] { return judge(body); }, limit);
  child_outcome result{verdict::fail, std::move(outcome.text), outcome.seconds};
  if (outcome.ended != sandbox_outcome::how::answered || result.reason.empty()) return result;
  result.ended = static_cast<verdict>(result.reason.front());
  result.reason.erase(0, 1);
  return result;
}

}  // namespace ravine
