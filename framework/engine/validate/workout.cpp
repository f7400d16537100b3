#include "validate/workout.hpp"

#include "validate/model_rig.hpp"
#include "validate/numbers.hpp"
#include "validate/optimizer_rig.hpp"
#include "validate/scheduler_rig.hpp"

#include <span>

namespace ravine {
namespace {

class optimizer_workout : public workout {
 public:
  optimizer_workout(const component& which, rv_dtype type, const settings& with)
      : rig_(which, {.type = type, .with = with}) {
    rig_.start();
  }

  void advance(std::uint64_t stream) override { rig_.step(stream); }
  std::vector<std::byte> memory() const override { return rig_.memory(); }

 private:
  optimizer_rig rig_;
};

class model_workout : public workout {
 public:
  model_workout(const component& which, rv_dtype type, const settings& with)
      : rig_(which, {.type = type, .with = with}) {
    rig_.start();
  }

  void advance(std::uint64_t stream) override {
    rig_.draw_batch(stream + ++calls_, model_rig::max_batch);
    rig_.loss_gradient();
    rig_.predict();
  }
  std::vector<std::byte> memory() const override { return rig_.memory(); }

 private:
  model_rig rig_;
  std::uint64_t calls_ = 0;
};

class scheduler_workout : public workout {
 public:
  scheduler_workout(const component& which, const settings& with) : rig_(which, with) {}

  void advance(std::uint64_t stream) override {
    values_.push_back(rig_.value(static_cast<double>(values_.size()), 100));
    rig_.observe(1 + number_at(stream, values_.size()));
  }
  std::vector<std::byte> memory() const override {
    std::vector<std::byte> bits = rig_.memory();
    const auto values = std::as_bytes(std::span(values_));
    bits.insert(bits.end(), values.begin(), values.end());
    return bits;
  }

 private:
  scheduler_rig rig_;
  std::vector<double> values_;
};

}  // namespace

std::unique_ptr<workout> begin_workout(const component& which, rv_dtype type, const settings& with) {
  switch (which.kind) {
    case component_kind::optimizer:
      return std::make_unique<optimizer_workout>(which, type, with);
    case component_kind::scheduler:
      return std::make_unique<scheduler_workout>(which, with);
    case component_kind::model:
      return std::make_unique<model_workout>(which, type, with);
  }
  throw plugin_error("unknown kind");
}

}  // namespace ravine
