#include "validate/check.hpp"
#include "validate/numbers.hpp"
#include "validate/workout.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <vector>

#include <fmt/format.h>
#include <malloc.h>

/// There in programs that are built with a sanitizer, whose allocator mallinfo2 knows nothing of.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));  // NOLINT

namespace ravine {
namespace {

/// Bytes that are allocated, by the host and by plugins alike.
std::size_t allocated_bytes() {
  if (__sanitizer_get_current_allocated_bytes != nullptr) return __sanitizer_get_current_allocated_bytes();
  const auto now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

/// Makes and destroys instances, fewer where a second does not suffice: large networks take long to make.
std::size_t make_and_destroy(const subject& it, std::size_t count) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  std::size_t i = 0;
  for (; i < count && (i < 20 || std::chrono::steady_clock::now() < end); ++i) {
    const auto instance = begin_workout(*it.which, RV_F64, {});
    if (i % 20 == 0) instance->advance(1);  // a large network's work would take minutes
  }
  return i;
}

void does_not_grow(const subject& it) {
  constexpr int attempts = 3;
  make_and_destroy(it, 100);  // what is allocated once, and caches
  for (int i = 1;; ++i) {
    const std::size_t before = allocated_bytes();
    const std::size_t times = make_and_destroy(it, 1000);
    const std::size_t after = allocated_bytes();
    if (after <= before + 8 * times) return;
    if (i < attempts) continue;  // what fills a cache comes to an end, and what is forgotten never does
    throw check_failed(fmt::format("{} instances made and destroyed left {} bytes behind, {:.1f} each", times,
                                   after - before,
                                   static_cast<double>(after - before) / static_cast<double>(times)));
  }
}

void works_with_its_defaults(const subject& it) {
  for (const rv_dtype type : both_types) {
    const auto instance = begin_workout(*it.which, type, {});
    instance->advance(1);
    instance->advance(1);
  }
}

std::vector<std::byte> alone(const subject& it, rv_dtype type, std::uint64_t stream) {
  const auto instance = begin_workout(*it.which, type, {});
  for (int i = 0; i < 4; ++i) instance->advance(stream);
  return instance->memory();
}

void lives_beside_others(const subject& it) {
  const auto expected_first = alone(it, RV_F64, 1), expected_second = alone(it, RV_F32, 2);
  const auto first = begin_workout(*it.which, RV_F64, {}), second = begin_workout(*it.which, RV_F32, {});
  auto third = begin_workout(*it.which, RV_F64, {});
  for (int i = 0; i < 4; ++i) {
    first->advance(1);
    second->advance(2);
    if (i == 1) third.reset();
  }
  if (first->memory() != expected_first || second->memory() != expected_second) {
    throw check_failed("instances that take turns end at other bits than each alone");
  }
}

}  // namespace

std::span<const check> lifetime_checks() {
  static constexpr std::array checks{
      check{"defaults", "an instance with the default hyperparameters is made and works, float and double",
            "the message is the plugin's own, or tells where it crashed: fix this before you look at other "
            "checks",
            works_with_its_defaults},
      check{"growth", "instances made and destroyed, up to 1,000, leave nothing behind",
            "free in destroy what create allocated", does_not_grow},
      check{"instances", "several instances at once do not disturb one another",
            "keep nothing in global or static variables", lives_beside_others},
  };
  return checks;
}

}  // namespace ravine
