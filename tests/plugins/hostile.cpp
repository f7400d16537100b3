#include <ravine/optimizer.hpp>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

// Gradient descent that, at a step of choice, does to its process what a plugin must not.
namespace {

// NOLINTBEGIN: this file does wrong on purpose
volatile unsigned sink = 0;
volatile std::uintptr_t nowhere = 8;  // where compilers and sanitizers do not see it coming

unsigned overflow(unsigned depth) {
  volatile unsigned char local[1024] = {};
  local[depth % 1024] = 1;
  if (depth == ~0U) return 0;  // the stack ends before, but compilers warn of recursion without an end
  return overflow(depth + 1) + local[0];
}

/// Notes a text as that of the whole curve where trials note what their parent takes in: behind the first
/// number there, which counts the bytes noted.
void append_to_log(std::string_view curve) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("ravine-log") == std::string::npos) continue;
    auto* const log = reinterpret_cast<char*>(std::stoull(line, nullptr, 16));
    std::uint64_t size = 0;
    std::memcpy(&size, log, sizeof size);
    struct {
      std::uint32_t kind;
      std::uint64_t size, length;
    } __attribute__((packed)) const head{8, sizeof(std::uint64_t) + curve.size(), curve.size()};
    char* const end = log + 2 * sizeof size + size;
    std::memcpy(end, &head, sizeof head);
    std::memcpy(end + sizeof head, curve.data(), curve.size());
    size += sizeof head + curve.size();
    std::memcpy(log, &size, sizeof size);
    return;
  }
}

struct hostile {
  static constexpr ravine::about about{"hostile", "Gradient descent with a fault of choice"};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("lr", 1e-4).at_least(0).doc("learning rate"),
      ravine::integer("at", 50).at_least(1).doc("the step at which it happens"),
      ravine::choice("fault", {"segfault", "abort", "exit", "throw", "loop", "allocate", "overflow_stack",
                               "write_past_params", "write_beside_params", "write_before_state",
                               "write_gradients", "write_a_curve", "close_descriptors", "quit", "none"})
          .doc("what happens"));
  static constexpr auto state = ravine::per_parameter("m");

  explicit hostile(ravine::config<hostile> c)
      : fault(c.choice("fault")), at(static_cast<std::uint64_t>(c.integer("at"))) {}

  template <class T>
  void step(ravine::step<T, hostile> s) const {
    const T lr = s["lr"];
    s.for_each([=](T& p, T g, T&) { p -= lr * g; });
    if (s.number() == at) misbehave(s);
  }

  template <class T>
  void misbehave(ravine::step<T, hostile> s) const {
    const std::span<T> params = s.params();
    if (fault == "segfault") *reinterpret_cast<volatile int*>(nowhere) = 1;
    if (fault == "abort") std::abort();
    if (fault == "exit") std::exit(0);
    if (fault == "quit") _exit(3);
    if (fault == "throw") throw std::runtime_error("thrown on purpose");
    if (fault == "loop") {
      for (;;) sink = sink + 1;
    }
    if (fault == "allocate") {
      std::vector<std::vector<char>> all;
      for (;;) all.emplace_back(std::size_t{1} << 24U, 'x');
    }
    if (fault == "overflow_stack") sink = overflow(0);
    if (fault == "write_past_params") params.data()[params.size() + 64] = 1;
    if (fault == "write_beside_params") params.data()[params.size()] = 1;
    if (fault == "write_before_state") s.state("m").data()[-1] = 1;
    if (fault == "write_gradients") const_cast<T*>(s.grads().data())[0] = 0;
    if (fault == "write_a_curve") append_to_log("[[0,0,0,0,}");
    if (fault == "close_descriptors") {
      for (int descriptor = 0; descriptor < 1024; ++descriptor) close(descriptor);
    }
  }

  std::string_view fault;
  std::uint64_t at;
};
// NOLINTEND

}  // namespace

RAVINE_OPTIMIZER(hostile)
