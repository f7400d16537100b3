#include "validate/validate.hpp"

#include "plugin/registry.hpp"
#include "validate/check.hpp"

#include <algorithm>
#include <initializer_list>
#include <numeric>

namespace ravine {
namespace {

using checks = std::span<const check>;

class inspection {
 public:
  inspection(validation& into, std::chrono::duration<double> limit) : into_(into), limit_(limit) {}

  void run(const subject& it, std::initializer_list<checks> families) {
    for (const checks& family : families) {
      for (const check& each : family) {
        into_.results.push_back({.component = it.which == nullptr ? "" : it.which->id,
                                 .name = std::string(each.name),
                                 .promise = std::string(each.promise),
                                 .hint = std::string(each.hint),
                                 .outcome = run_in_child([&] { each.run(it); }, limit_)});
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
  loaded.load(file);
  for (const component_kind kind :
       {component_kind::optimizer, component_kind::scheduler, component_kind::model}) {
    for (const component* const which : loaded.all(kind)) {
      inspect.run({file, which},
                  {hyperparameter_checks(), lifetime_checks(), host_checks(), checks_of(kind)});
    }
  }
  return made;
}

}  // namespace ravine
