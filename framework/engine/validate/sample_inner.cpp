#include "validate/sample_inner.hpp"

#include "validate/numbers.hpp"

#include <cstring>

namespace ravine {
namespace {

constexpr double rate = 0.1, beta = 0.5;

}  // namespace

sample_inner::sample_inner(rv_dtype type, std::size_t parameters)
    : velocity_(type, parameters, "the inner optimizer's velocity"),
      average_(type, parameters, "the inner optimizer's average") {
  raw_.struct_size = sizeof(rv_inner);
  raw_.context = this;
  raw_.step = [](void* context, void* params, const void* grads, double) noexcept {
    static_cast<sample_inner*>(context)->step(params, grads);
    return RV_OK;
  };
  raw_.gradient_point = [](void* context, const void* params, void* point) noexcept {
    static_cast<const sample_inner*>(context)->gradient_point(params, point);
    return RV_OK;
  };
  raw_.evaluation_point = [](void* context, const void*, void* point) noexcept {
    static_cast<const sample_inner*>(context)->evaluation_point(point);
    return RV_OK;
  };
}

void sample_inner::start(const void* params) {
  std::memset(velocity_.data(), 0, velocity_.bytes());
  std::memcpy(average_.data(), params, average_.bytes());
}

void sample_inner::step(void* params, const void* grads) {
  const rv_dtype type = velocity_.type();
  for (std::size_t i = 0; i < velocity_.size(); ++i) {
    const double v = beta * element(velocity_.data(), type, i) + rate * element(grads, type, i);
    const double p = element(params, type, i) - v;
    set_element(velocity_.data(), type, i, v);
    set_element(params, type, i, p);
    set_element(average_.data(), type, i, (element(average_.data(), type, i) + p) / 2);
  }
}

void sample_inner::gradient_point(const void* params, void* point) const {
  const rv_dtype type = velocity_.type();
  for (std::size_t i = 0; i < velocity_.size(); ++i) {
    set_element(point, type, i, element(params, type, i) - beta * element(velocity_.data(), type, i));
  }
}

void sample_inner::evaluation_point(void* point) const {
  std::memcpy(point, average_.data(), average_.bytes());
}

}  // namespace ravine
