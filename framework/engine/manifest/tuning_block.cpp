#include "manifest/tuning_block.hpp"

#include <fmt/format.h>

namespace ravine {
namespace {

std::string read_metric(const block& in) {
  const yaml_value* const written = in["metric"];
  if (written == nullptr || !written->is_scalar() || !written->text.starts_with("test_")) {
    return std::string(in.word("metric").value());
  }
  in.errors().add(written->at, fmt::format("tuning.metric: {} is reported, and nothing may be chosen by it; "
                                           "expected a validation metric",
                                           found_text(*written)));
  return std::string(in.grammar().at("metric").fallback);
}

std::optional<halving> read_halving(const block& tuning) {
  const yaml_value* const value = tuning["stop_early"];
  if (value == nullptr) return std::nullopt;
  const block in(*value, tuning.path("stop_early"), grammar::stop_early, tuning.errors());
  if (!in.valid()) return std::nullopt;
  return halving{.factor = in.count("factor").value(), .rungs = in.count("rungs").value()};
}

/// How many points are tried: 0, for as many as there are, of a grid. Empty, with an error, if it is wrong.
std::optional<std::uint64_t> read_trials(const block& in, search_method::kind method) {
  const yaml_value* const trials = in["trials"];
  if (method == search_method::kind::grid) {
    if (trials != nullptr) {
      in.errors().add(trials->at, "tuning.trials: a grid has as many trials as it has points; leave it out");
    }
    return 0;
  }
  if (trials == nullptr) {
    in.errors().add(in.at(),
                    "tuning: trials is missing, the number of points to try for each optimizer: trials: 12");
  }
  return in.count("trials");
}

search_effort read_effort(const block& in, const search_method& search) {
  search_effort effort{
      .repetitions = in.count("repetitions").value(), .finalists = 0, .studies = in.count("studies").value()};
  const yaml_value* const finalists = in["finalists"];
  if (finalists == nullptr) return effort;
  effort.finalists = in.count("finalists").value_or(0);
  if (search.by != search_method::kind::grid && effort.finalists > search.trials) {
    in.errors().add(
        finalists->at,
        fmt::format("tuning.finalists: found {}, but there are {} points to choose from; expected at "
                    "most tuning.trials",
                    effort.finalists, search.trials));
  }
  return effort;
}

}  // namespace

std::optional<tuning_draft> read_tuning(const block& experiment) {
  const yaml_value* const value = experiment["tuning"];
  if (value == nullptr) return std::nullopt;
  const block in(*value, "tuning", grammar::tuning, experiment.errors());
  if (!in.valid()) return std::nullopt;
  tuning_draft tuning{.search = {}, .effort = {}, .metric = read_metric(in), .at = value->at};
  tuning.search.by = in.word("method", search_methods).value();
  tuning.stop_early = read_halving(in);
  const auto trials = read_trials(in, tuning.search.by);
  if (!trials) return std::nullopt;
  tuning.search.trials = *trials;
  tuning.effort = read_effort(in, tuning.search);
  return tuning;
}

}  // namespace ravine
