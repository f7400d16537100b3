#include "plugin/sample_data.hpp"

#include "plugin/instance.hpp"
#include "plugin/task.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <utility>

namespace ravine {
namespace {

using kind = sample_data::kind;

sample_data make_sample(const component& which, std::vector<std::uint64_t> shape, kind of,
                        std::uint64_t labels = 1) {
  return {std::move(shape), of, labels, predicts_numbers(which) ? 1 : sample_classes};
}

bool accepts(const component& which, const settings& with, const sample_data& data) {
  try {
    const rv_data_spec spec = data.spec();
    const model made(which, &spec, with, RV_F64);
    return true;
  } catch (const plugin_error&) {
    return false;
  }
}

/// With one label of an example, the usual ones first.
std::vector<sample_data> with_one_label(const component& which) {
  return {make_sample(which, {8, 8}, kind::images), make_sample(which, {28, 28}, kind::images),
          make_sample(which, {3, 32, 32}, kind::images), make_sample(which, {16}, kind::row)};
}

/// With a label at each position.
std::vector<sample_data> with_several_labels(const component& which) {
  if (!which.can(RV_MODEL_SEVERAL_LABELS)) return {};
  return {make_sample(which, {6}, kind::characters, 6), make_sample(which, {8, 8}, kind::images, 8)};
}

std::optional<sample_data> first_accepted(const component& which, const settings& with,
                                          const std::vector<sample_data>& all) {
  const auto first =
      std::ranges::find_if(all, [&](const sample_data& each) { return accepts(which, with, each); });
  return first == all.end() ? std::nullopt : std::optional(*first);
}

/// Why the model accepts none of them.
void throw_reason(const component& which, const settings& with) {
  const sample_data last = with_one_label(which).back();
  const rv_data_spec spec = last.spec();
  const model refused(which, &spec, with, RV_F64);
}

}  // namespace

std::size_t sample_data::features() const {
  if (shape.empty()) return 0;
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

rv_data_spec sample_data::spec() const {
  return {.struct_size = sizeof(rv_data_spec),
          .reserved = 0,
          .rank = shape.size(),
          .shape = shape.data(),
          .classes = classes,
          .max_batch = sample_batch,
          .labels = labels};
}

std::vector<sample_data> accepted_samples(const component& which, const settings& with) {
  if (which.can(RV_MODEL_LANDSCAPE)) return {{}};
  std::vector<sample_data> accepted;
  for (const auto& all : {with_one_label(which), with_several_labels(which)}) {
    if (auto first = first_accepted(which, with, all)) accepted.push_back(*std::move(first));
  }
  if (accepted.empty()) throw_reason(which, with);
  return accepted;
}

sample_data sample_of(const component& which, const settings& with, kind wanted) {
  if (which.can(RV_MODEL_LANDSCAPE)) return {};
  if (wanted != kind::images) {
    const bool several = wanted == kind::characters && which.can(RV_MODEL_SEVERAL_LABELS);
    return make_sample(which, {16}, wanted, several ? 16 : 1);
  }
  if (auto images = first_accepted(which, with, with_one_label(which))) return *std::move(images);
  return accepted_samples(which, with).front();
}

}  // namespace ravine
