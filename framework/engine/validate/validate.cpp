#include "validate/validate.hpp"

#include "plugin/registry.hpp"
#include "validate/cause.hpp"
#include "validate/check.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <numeric>
#include <utility>

namespace ravine {
namespace {

using checks = std::span<const check>;

class inspection {
 public:
  inspection(validation& into, std::chrono::duration<double> limit) : into_(into), limit_(limit) {}

  void run(const subject& it, std::initializer_list<checks> families) {
    std::map<std::string, std::string> first_to_fail;  // by cause
    for (const checks& family : families) {
      for (const check& each : family) {
        check_result result{.component = it.which == nullptr ? "" : it.which->id,
                            .name = std::string(each.name),
                            .promise = std::string(each.promise),
                            .hint = std::string(each.hint),
                            .outcome = run_in_child([&] { each.run(it); }, limit_,
                                                    it.which == nullptr ? nullptr : it.which->file),
                            .same_as = {}};
        if (result.outcome.ended == verdict::fail) {
          const auto [first, is_new] =
              first_to_fail.emplace(cause_of(result.outcome.reason, it.file), result.name);
          if (!is_new) result.same_as = first->second;
        }
        into_.results.push_back(std::move(result));
      }
    }
  }

 private:
  validation& into_;
  std::chrono::duration<double> limit_;
};

checks checks_of(component_kind kind) {
  switch (kind) {
    case component_kind::optimizer:
      return optimizer_checks();
    case component_kind::scheduler:
      return scheduler_checks();
    case component_kind::model:
      return model_checks();
  }
  return {};
}

/// Whether a child has loaded it and lived.
bool loads(const validation& so_far) {
  return std::ranges::all_of(so_far.results, [](const check_result& each) {
    return each.outcome.ended == verdict::pass ||
           (each.name != "object_file" && each.name != "symbols" && each.name != "description");
  });
}

}  // namespace

std::size_t validation::count(verdict of) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(results, [&](const check_result& each) { return each.outcome.ended == of; }));
}

double validation::seconds() const {
  return std::accumulate(results.begin(), results.end(), 0.0, [](double sum, const check_result& each) {
    return sum + each.outcome.seconds.count();
  });
}

validation validate_plugin(const std::filesystem::path& file, std::chrono::duration<double> limit) {
  validation made{.file = file, .results = {}};
  inspection inspect(made, limit);
  inspect.run({file}, {object_checks().first(1)});
  if (!made.passed()) return made;  // the loader itself would die of it
  inspect.run({file}, {object_checks().subspan(1), description_checks()});
  if (!loads(made)) return made;
  registry loaded;
  try {
    loaded.load(file);
  } catch (const plugin_error& problem) {
    made.results.push_back({.component = "",
                            .name = "loading",
                            .promise = "every command can find out what it offers",
                            .hint = "do less in constructors of the shared object and in its entry",
                            .outcome = {verdict::fail, problem.what(), {}},
                            .same_as = {}});
    return made;
  }
  for (const component_kind kind : component_kinds) {
    for (const component* const which : loaded.all(kind)) {
      inspect.run({file, which},
                  {lifetime_checks(), hyperparameter_checks(), host_checks(), checks_of(kind)});
    }
  }
  return made;
}

}  // namespace ravine
