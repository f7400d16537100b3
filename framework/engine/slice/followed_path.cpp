#include "slice/followed_path.hpp"

#include "train/trial.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

#include <fmt/format.h>

namespace ravine {
namespace {

void expect_the_same(const component_spec& spec, component_kind kind, const registry& plugins) {
  if (plugins.get(kind, spec.use).file->sha256 == spec.plugin_sha256) return;
  throw plugin_error(fmt::format(
      "{0}: the trial was run with another build of this plugin, whose parameters are not known; name "
      "the folder that has that build (--plugins), or run the experiment again",
      spec.use));
}

void expect_the_same_plugins(const trial_spec& spec, const registry& plugins) {
  expect_the_same(spec.problem.model, component_kind::model, plugins);
  for_each_optimizer(spec.optimizer, [&](const optimizer_spec& each) {
    expect_the_same(each.optimizer, component_kind::optimizer, plugins);
    for (const auto& [name, stages] : each.schedules) {
      for (const schedule_stage& stage : stages) {
        expect_the_same(stage.scheduler, component_kind::scheduler, plugins);
      }
    }
  });
}

class follower : public trial_observer {
 public:
  follower(followed_path& path, std::uint64_t last, std::size_t most)
      : path_(path), last_(last), most_(most) {}

  /// No longer than the stored one, be it that it ended where this one doesn't: on another processor.
  command after_step(const cost& spent, std::uint64_t, double) override {
    return spent.steps > last_ ? command::stop : command::go_on;
  }
  bool follows() const override { return true; }
  void moved(std::uint64_t step, std::span<const float> params) override { keep(step, params); }
  void moved(std::uint64_t step, std::span<const double> params) override { keep(step, params); }

 private:
  template <class T>
  void keep(std::uint64_t step, std::span<const T> params) {
    if (step > last_) return;
    constexpr std::size_t most_bytes = std::size_t{512} << 20U;
    const std::size_t fitting =
        std::clamp<std::size_t>(most_bytes / sizeof(double) / params.size(), 3, most_);
    const std::uint64_t stride = std::max<std::uint64_t>((last_ + fitting - 2) / (fitting - 1), 1);
    if (step % stride != 0 && step != last_) return;
    path_.steps.push_back(step);
    path_.points.emplace_back(params.begin(), params.end());
  }

  followed_path& path_;
  std::uint64_t last_;
  std::size_t most_;
};

}  // namespace

followed_path follow(trial_spec spec, const registry& plugins, const dataset* data, std::uint64_t steps,
                     std::size_t most) {
  expect_the_same_plugins(spec, plugins);
  spec.evaluate.curvature.reset();  // which takes time, and changes no step
  followed_path path;
  follower observer(path, steps, most);
  path.result = run_trial(spec, plugins, data, observer);
  return path;
}

}  // namespace ravine
