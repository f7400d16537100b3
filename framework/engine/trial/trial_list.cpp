#include "trial/trial_list.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace ravine {

struct trial_list::configuration_data {
  configuration_data(planned_trial first, std::uint64_t repetitions) : trial(std::move(first)) {
    if (repetitions > 1) hashes.emplace(trial.spec);
  }

  std::uint64_t repetition(std::uint64_t offset) const { return trial.spec.repetition + offset; }
  std::string hash(std::uint64_t offset) const {
    return offset == 0 ? trial.hash : hashes->of(repetition(offset));
  }

  planned_trial trial;
  std::optional<repetition_hashes> hashes;  ///< of the further ones
};

trial_list::trial_list(const std::vector<planned_trial>& trials) {
  for (const planned_trial& each : trials) push_back(each);
}

trial_list::trial_list(std::initializer_list<planned_trial> trials) {
  for (const planned_trial& each : trials) push_back(each);
}

planned_trial trial_list::operator[](std::size_t index) const {
  const auto [in, offset] = find(index);
  planned_trial made = in.of->trial;
  made.spec.repetition = in.of->repetition(offset);
  if (offset != 0) made.hash = in.of->hash(offset);
  return made;
}

planned_trial trial_list::at(std::size_t index) const {
  if (index >= size_) throw std::out_of_range(fmt::format("there is no trial {} of {}", index, size_));
  return (*this)[index];
}

std::vector<planned_trial> trial_list::slice(std::size_t first, std::size_t count) const {
  std::vector<planned_trial> some;
  const std::size_t end = first + std::min(count, size_ - first);
  some.reserve(end - first);
  for (std::size_t i = first; i < end; ++i) some.push_back((*this)[i]);
  return some;
}

const planned_trial& trial_list::configuration(std::size_t index) const { return find(index).in.of->trial; }

std::string trial_list::hash(std::size_t index) const {
  const auto [in, offset] = find(index);
  return in.of->hash(offset);
}

std::uint64_t trial_list::repetition(std::size_t index) const {
  const auto [in, offset] = find(index);
  return in.of->repetition(offset);
}

std::vector<planned_trial> trial_list::configurations() const {
  std::vector<planned_trial> all;
  const configuration_data* last = nullptr;
  for (const group& each : groups_) {
    if (each.of.get() != last) all.push_back(each.of->trial);
    last = each.of.get();
  }
  return all;
}

void trial_list::push_back(planned_trial trial) { push_repetitions(std::move(trial), 1); }

void trial_list::push_repetitions(planned_trial first, std::uint64_t count) {
  if (count > 0) add(std::make_shared<const configuration_data>(std::move(first), count), 0, count);
}

void trial_list::append(const trial_list& from, std::size_t index) {
  const auto [in, offset] = from.find(index);
  add(in.of, offset, 1);
}

template <class Change>
void trial_list::change_configurations(Change change) {
  std::shared_ptr<const configuration_data> before, after;
  for (group& each : groups_) {
    if (each.of != before) {
      before = each.of;
      after = change(before);
    }
    each.of = after;
  }
}

void trial_list::set_limits(const limits_spec& limits) {
  change_configurations([&](const auto& before) {
    configuration_data limited = *before;
    limited.trial.spec.limits = limits;
    return std::make_shared<const configuration_data>(std::move(limited));
  });
}

void trial_list::set_data_digests(const std::function<std::string(const data_request&)>& digest_of) {
  change_configurations([&](const auto& before) {
    if (!before->trial.spec.problem.data) return before;
    planned_trial trial = before->trial;
    trial.spec.problem.data->sha256 = digest_of(*trial.spec.problem.data);
    trial.hash = content_hash(trial.spec);
    return std::make_shared<const configuration_data>(std::move(trial), before->hashes ? 2 : 1);
  });
}

void trial_list::clear() { *this = {}; }

trial_list::place trial_list::find(std::size_t index) const {
  const auto in = std::ranges::upper_bound(groups_, index, {}, &group::end);
  const std::size_t begin = in == groups_.begin() ? 0 : std::prev(in)->end;
  return {*in, in->offset + (index - begin)};
}

void trial_list::add(const std::shared_ptr<const configuration_data>& of, std::uint64_t offset,
                     std::size_t count) {
  size_ += count;
  if (!groups_.empty() && groups_.back().of == of) {
    group& last = groups_.back();
    const std::size_t begin = groups_.size() == 1 ? 0 : groups_[groups_.size() - 2].end;
    if (last.offset + (last.end - begin) == offset) {
      last.end = size_;
      return;
    }
  }
  groups_.push_back({of, offset, size_});
}

}  // namespace ravine
