#include <ravine/linear_algebra.hpp>
#include <ravine/matrix_sides.hpp>
#include <ravine/norms.hpp>
#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

struct soap {
  static constexpr ravine::about about{
      "soap", "AdamW in the eigenbasis of Shampoo's preconditioner", "Vyas et al. 2024, arXiv:2409.11321",
      "Matrices: G' = QL' G QR,  M <- beta1 M + (1 - beta1) G,  V <- beta2 V + (1 - beta2) G'^2\n"
      "P <- P - lr (QL (c QL' M QR / (sqrt(V) + eps)) QR' + weight_decay P), c for Adam's corrections\n"
      "then L <- beta2 L + (1 - beta2) G G',  R <- beta2 R + (1 - beta2) G' G, and every `every` steps\n"
      "QL <- the Q of L QL = Q R, and QR likewise (one power iteration). All else: AdamW.\n"
      "As in the authors' code the first step only finds the first bases, by eigenvectors, and moves\n"
      "nothing; the code also sorts bases by eigenvalues, which the paper does not. More dimensions count\n"
      "as first extent x the rest. Sides longer than `largest` are not rotated."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(3e-3), ravine::beta1(0.95),
      ravine::beta2(0.95).search(0.9, 0.999).doc("decay of V, L and R"), ravine::eps(),
      ravine::integer("every", 10).at_least(1).search(1, 100).doc("steps from one basis to the next"),
      ravine::integer("largest", 10000).at_least(1).doc("length of a side that is rotated"),
      ravine::weight_decay(0), ravine::decay_biases());

  explicit soap(ravine::config<soap> c)
      : every_(std::size_t(c.integer("every"))), largest_(std::size_t(c.integer("largest"))) {}

  void state(ravine::state_list& list) const {
    std::size_t squares = 0, largest = 0;
    for (const auto tensor : list.tensors()) {
      const ravine::side_lengths sides = sides_of(tensor);
      squares += sides.squares();
      largest = std::max({largest, tensor.size(), sides.largest_square()});
    }
    list.per_parameter("m");
    list.per_parameter("v");
    list.array("sums", squares);
    list.array("bases", squares);
    for (const char* name : {"turned", "half", "update"}) list.scratch(name, largest);
  }

  template <class T>
  void step(ravine::step<T, soap> s) const {
    std::span<T> sums = s.state("sums"), bases = s.state("bases");
    for (const auto tensor : s.tensors()) {
      const ravine::matrix_sides<T> sides(sides_of(tensor), sums, bases);
      if (s.number() > 1) move(s, tensor, sides);
      sides.add(tensor.grads(), s["beta2"], 1 - s["beta2"]);
      if ((s.number() - 1) % every_ != 0) continue;
      const auto m = tensor.state("m"), plain = s.state("update").first(m.size());
      sides.turn(m, plain, ravine::turning::back, s.state("half"));
      for (const ravine::matrix_side<T>& each : sides.sides()) {
        if (each.n == 0 || !std::isfinite(ravine::norm(each.sum))) continue;  // not finite: it has diverged
        const std::span<T> room = s.state("half").first(each.n * each.n);
        if (s.number() == 1) {
          find_basis(each, room);
        } else {
          ravine::multiply(ravine::matrix(each.sum, each.n), ravine::matrix(each.factor, each.n), room);
          ravine::orthonormalise(room, each.n);
          std::ranges::copy(room, each.factor.begin());
        }
      }
      sides.turn(plain, m, ravine::turning::forth, s.state("half"));
    }
  }

 private:
  ravine::side_lengths sides_of(const ravine::tensor_info& tensor) const {
    return {tensor, tensor.is_matrix() ? largest_ : 0};
  }

  /// Eigenvectors as columns, in descending order of their values.
  template <class T>
  static void find_basis(const ravine::matrix_side<T>& side, std::span<T> room) {
    const std::size_t n = side.n;
    std::vector<T> values(n);
    std::ranges::copy(side.sum, room.begin());
    ravine::eigh(room, std::span(values));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < n; ++k) side.factor[k * n + i] = room[(n - 1 - i) * n + k];
    }
  }

  template <class T, class Tensor>
  static void move(const ravine::step<T, soap>& s, const Tensor& tensor,
                   const ravine::matrix_sides<T>& sides) {
    const double steps = s.t() - 1, beta1 = s["beta1"], beta2 = s["beta2"];
    const T correction = T(std::sqrt(1 - std::pow(beta2, steps)) / (1 - std::pow(beta1, steps)));
    const T lr = s["lr"], decay = tensor.decay(), eps = s["eps"];
    const T kept1 = s["beta1"], gain1 = 1 - s["beta1"], kept2 = s["beta2"], gain2 = 1 - s["beta2"];
    const auto p = tensor.params(), m = tensor.state("m"), v = tensor.state("v"), half = s.state("half");
    const auto turned = s.state("turned").first(p.size()), update = s.state("update").first(p.size());
    sides.turn(tensor.grads(), turned, ravine::turning::forth, half);
    for (std::size_t i = 0; i < p.size(); ++i) {
      m[i] = kept1 * m[i] + gain1 * turned[i];
      v[i] = kept2 * v[i] + gain2 * turned[i] * turned[i];
      turned[i] = ravine::quotient(m[i], std::sqrt(v[i]) + eps);
    }
    sides.turn(turned, update, ravine::turning::back, half);
    for (std::size_t i = 0; i < p.size(); ++i) p[i] -= lr * (correction * update[i] + decay * p[i]);
  }

  std::size_t every_, largest_;
};

}  // namespace

RAVINE_OPTIMIZER(soap)
