#pragma once

#include "trial/planned_trial.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace ravine {

/// Trials in their order. What repetitions of one configuration have in common is held once, and each trial
/// is put together when it is asked for: a million repetitions take no more memory than one. Copies share
/// what they hold.
class trial_list {
 public:
  class iterator;

  trial_list() = default;
  trial_list(const std::vector<planned_trial>& trials);  // NOLINT(google-explicit-constructor): the same
  trial_list(std::initializer_list<planned_trial> trials);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// Trials are values that are made here, with their hashes; `index` is below size().
  planned_trial operator[](std::size_t index) const;
  /// Throws std::out_of_range.
  planned_trial at(std::size_t index) const;
  planned_trial front() const { return (*this)[0]; }
  planned_trial back() const { return (*this)[size_ - 1]; }
  iterator begin() const;
  iterator end() const;
  /// At most `count` trials from `first` on, one after another in memory.
  std::vector<planned_trial> slice(std::size_t first, std::size_t count) const;

  /// A trial of the same configuration, role and shares, but maybe another repetition, with no cost. Valid as
  /// long as a list holds it; neighbours that are repetitions of one configuration have the same one.
  const planned_trial& configuration(std::size_t index) const;
  std::string hash(std::size_t index) const;
  std::uint64_t repetition(std::size_t index) const;
  /// One trial of each configuration.
  std::vector<planned_trial> configurations() const;

  void push_back(planned_trial trial);
  /// `first`, and `count` - 1 further repetitions of it.
  void push_repetitions(planned_trial first, std::uint64_t count);
  /// A trial of another list, with which it is shared.
  void append(const trial_list& from, std::size_t index);
  void set_limits(const limits_spec& limits);
  /// Gives each trial with data the digest that `digest_of` answers, and the hash that it has with it.
  void set_data_digests(const std::function<std::string(const data_request&)>& digest_of);
  void clear();

 private:
  struct configuration_data;
  /// Repetitions of one configuration that follow one another.
  struct group {
    std::shared_ptr<const configuration_data> of;
    std::uint64_t offset;  ///< of the first trial's repetition from that of the configuration's trial
    std::size_t end;       ///< index of the trial after the last
  };
  struct place {
    const group& in;
    std::uint64_t offset;  ///< as in group
  };

  place find(std::size_t index) const;
  /// Puts what `change` makes of each configuration in its place.
  template <class Change>
  void change_configurations(Change change);
  void add(const std::shared_ptr<const configuration_data>& of, std::uint64_t offset, std::size_t count);

  std::vector<group> groups_;  // none is empty
  std::size_t size_ = 0;
};

/// Goes through a list, trial by trial.
class trial_list::iterator {
 public:
  using value_type = planned_trial;
  using reference = planned_trial;
  using pointer = void;
  using difference_type = std::ptrdiff_t;
  using iterator_category = std::input_iterator_tag;  // of the old kind; the trials are no references

  iterator() = default;
  iterator(const trial_list& list, std::size_t index) : list_(&list), index_(index) {}

  planned_trial operator*() const { return (*list_)[index_]; }
  iterator& operator++() {
    ++index_;
    return *this;
  }
  iterator operator++(int) { return {*list_, index_++}; }
  bool operator==(const iterator& other) const { return index_ == other.index_; }

 private:
  const trial_list* list_ = nullptr;
  std::size_t index_ = 0;
};

inline trial_list::iterator trial_list::begin() const { return {*this, 0}; }
inline trial_list::iterator trial_list::end() const { return {*this, size_}; }

}  // namespace ravine
