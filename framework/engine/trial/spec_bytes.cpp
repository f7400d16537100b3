#include "trial/spec_bytes.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace ravine {
namespace {

// The fields of each struct are named once, in fields(): a packer writes them and an unpacker reads them, in
// that order.

template <class Each>
void fields(Each& each, component_spec& of) {
  each(of.use, of.with, of.plugin_sha256, of.file_sha256);
}
template <class Each>
void fields(Each& each, schedule_stage& of) {
  each(of.scheduler, of.length, of.unit);
}
template <class Each>
void fields(Each& each, data_request& of) {
  each(of.use, of.with, of.sha256);
}
template <class Each>
void fields(Each& each, target_spec& of) {
  each(of.metric, of.value, of.easier);
}
template <class Each>
void fields(Each& each, problem_spec& of) {
  each(of.label, of.model, of.data, of.type, of.start, of.instance, of.gradient_noise);
}
template <class Each>
void fields(Each& each, tensor_selector& of) {
  each(of.name, of.role);
}
template <class Each>
void fields(Each& each, optimizer_spec& of) {
  each(of.label, of.optimizer, of.schedules, of.inner, of.groups, of.selects);
}
template <class Each>
void fields(Each& each, clip_spec& of) {
  each(of.norm, of.value);
}
template <class Each>
void fields(Each& each, train_spec& of) {
  each(of.budget, of.batch_size, of.clip, of.lr_reference_batch, of.stop_after);
}
template <class Each>
void fields(Each& each, evaluate_spec& of) {
  each(of.every, of.target, of.stop_at_target, of.curvature);
}
template <class Each>
void fields(Each& each, trial_spec& of) {
  each(of.problem, of.optimizer, of.point, of.train, of.evaluate, of.limits, of.threads, of.checkpoint_every,
       of.checkpoint_at_end, of.seed, of.repetition);
}

class packer {
 public:
  template <class... Values>
  void operator()(Values&... values) {
    (put(values), ...);
  }

  byte_writer& out() { return out_; }

 private:
  void put(std::string& text) { out_ << std::string_view(text); }
  template <class T>
  void put(std::vector<T>& values) {
    out_ << values;
  }
  template <class T>
  void put(std::vector<T>& values) requires(!std::is_trivially_copyable_v<T>) {
    out_ << std::uint64_t{values.size()};
    for (T& each : values) put(each);
  }
  template <class T>
  void put(std::map<std::string, T>& values) {
    out_ << std::uint64_t{values.size()};
    for (auto& [name, value] : values) {
      out_ << std::string_view(name);
      put(value);
    }
  }
  template <class T>
  void put(std::optional<T>& value) {
    out_ << std::uint8_t{value.has_value()};
    if (value) put(*value);
  }
  void put(setting& value) {
    out_ << std::uint8_t(value.index());
    std::visit([&](auto& held) { put(held); }, value);
  }
  template <class T>
  void put(T& value) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      out_ << value;
    } else {
      fields(*this, value);
    }
  }

  byte_writer out_;
};

class unpacker {
 public:
  explicit unpacker(std::span<const std::byte> bytes) : in_(bytes) {}

  template <class... Values>
  void operator()(Values&... values) {
    (take(values), ...);
  }

  bool at_end() const { return in_.at_end(); }

 private:
  void take(std::string& text) { in_ >> text; }
  template <class T>
  void take(std::vector<T>& values) {
    in_ >> values;
  }
  template <class T>
  void take(std::vector<T>& values) requires(!std::is_trivially_copyable_v<T>) {
    for (std::uint64_t left = count(); left > 0; --left) take(values.emplace_back());
  }
  template <class T>
  void take(std::map<std::string, T>& values) {
    for (std::uint64_t left = count(); left > 0; --left) {
      std::string name;
      take(name);
      take(values[name]);
    }
  }
  template <class T>
  void take(std::optional<T>& value) {
    std::uint8_t is_there = 0;
    in_ >> is_there;
    if (is_there != 0) take(value.emplace());
  }
  void take(setting& value) {
    take_alternative(value, std::make_index_sequence<std::variant_size_v<setting>>());
  }
  template <std::size_t... Index>
  void take_alternative(setting& value, std::index_sequence<Index...>) {
    std::uint8_t index = 0;
    in_ >> index;
    if (!((index == Index && (take(value.emplace<Index>()), true)) || ...)) {
      throw bytes_error("a setting is of no known type");
    }
  }
  template <class T>
  void take(T& value) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      in_ >> value;
    } else {
      fields(*this, value);
    }
  }

  std::uint64_t count() {
    std::uint64_t number = 0;
    in_ >> number;
    return number;
  }

  byte_reader in_;
};

}  // namespace

std::vector<std::byte> to_bytes(const trial_spec& spec) {
  packer all;
  fields(all, const_cast<trial_spec&>(spec));  // NOLINT(cppcoreguidelines-pro-type-const-cast): it is read
  const auto bytes = all.out().bytes();
  return {bytes.begin(), bytes.end()};
}

trial_spec spec_from_bytes(std::span<const std::byte> bytes) {
  unpacker all(bytes);
  trial_spec spec;
  fields(all, spec);
  if (!all.at_end()) throw bytes_error("a specification is followed by something else");
  return spec;
}

}  // namespace ravine
