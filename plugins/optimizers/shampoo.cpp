#include <ravine/linear_algebra.hpp>
#include <ravine/matrix_sides.hpp>
#include <ravine/norms.hpp>
#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct shampoo {
  static constexpr ravine::about about{
      "shampoo", "Gradients preconditioned on each side of a matrix", "Gupta et al. 2018, arXiv:1802.09568",
      "Matrices: L <- L + G G',  R <- R + G' G, from eps I;  P <- P - lr (L^-1/4 G R^-1/4 + weight_decay P)\n"
      "Vectors: L <- L + g g',  p <- p - lr (L^-1/2 g + weight_decay p)\n"
      "The sums are the paper's; later versions average, and graft the length of another rule's step. The\n"
      "roots are found every `every` steps, from eigenvalues. Sides longer than `largest` are left out, and\n"
      "the exponent is 1 / (2 x the sides left); where none is left, elements have AdaGrad's scale. More\n"
      "dimensions count as first extent x the rest, where the paper has a matrix for each."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(0.1).search(1e-3, 1),
      ravine::eps(1e-4).above(0).search(1e-8, 1e-2).doc("diagonal of L and R at first").fixed(),
      ravine::integer("every", 1).at_least(1).search(1, 100).doc("steps from one root to the next"),
      ravine::integer("largest", 1024).at_least(1).doc("length of a side that is preconditioned"),
      ravine::weight_decay(0), ravine::decay_biases());

  explicit shampoo(ravine::config<shampoo> c)
      : every_(std::size_t(c.integer("every"))), largest_(std::size_t(c.integer("largest"))) {}

  void state(ravine::state_list& list) const {
    std::size_t squares = 0, others = 0, largest = 0;
    for (const auto tensor : list.tensors()) {
      const ravine::side_lengths sides(tensor, largest_);
      squares += sides.squares();
      if (sides.count() == 0) others += tensor.size();
      largest = std::max(largest, tensor.size());
    }
    list.array("sums", squares);
    list.array("roots", squares);
    list.array("squares", others);
    for (const char* name : {"half", "update"}) list.scratch(name, largest);
  }

  template <class T>
  void init(ravine::step<T, shampoo> s) const {
    std::span<T> sums = s.state("sums"), roots = s.state("roots");
    for (const auto tensor : s.tensors()) {
      const ravine::matrix_sides<T> sides({tensor, largest_}, sums, roots);
      for (const ravine::matrix_side<T>& each : sides.sides()) {
        for (std::size_t i = 0; i < each.n; ++i) each.sum[i * (each.n + 1)] = s["eps"];
      }
    }
  }

  template <class T>
  void step(ravine::step<T, shampoo> s) const {
    std::span<T> sums = s.state("sums"), roots = s.state("roots"), squares = s.state("squares");
    const T lr = s["lr"], eps = s["eps"];
    for (const auto tensor : s.tensors()) {
      const ravine::side_lengths lengths(tensor, largest_);
      const ravine::matrix_sides<T> sides(lengths, sums, roots);
      const auto p = tensor.params(), update = s.state("update").first(p.size());
      const auto g = tensor.grads();
      sides.add(g, 1, 1);
      if ((s.number() - 1) % every_ == 0) {
        for (const ravine::matrix_side<T>& each : sides.sides()) find_root(each, 2 * lengths.count(), eps);
      }
      sides.turn(g, update, ravine::turning::forth, s.state("half"));
      if (lengths.count() == 0) {
        for (std::size_t i = 0; i < p.size(); ++i) {
          squares[i] += g[i] * g[i];
          update[i] = ravine::quotient(g[i], std::sqrt(squares[i] + eps));
        }
        squares = squares.subspan(p.size());
      }
      const T decay = tensor.decay();
      for (std::size_t i = 0; i < p.size(); ++i) p[i] -= lr * (update[i] + decay * p[i]);
    }
  }

 private:
  /// factor <- sum^(-1 / order), eigenvalues being at least eps.
  template <class T>
  static void find_root(const ravine::matrix_side<T>& side, std::size_t order, T eps) {
    if (!std::isfinite(ravine::norm(side.sum))) return;  // the trial has diverged
    ravine::map_eigenvalues<T>(side.sum, side.factor, [=](T value, T) {
      const T kept = std::max(value, eps);
      return kept > 0 ? std::pow(kept, T(-1.0 / double(order))) : T{0};
    });
  }

  std::size_t every_, largest_;
};

}  // namespace

RAVINE_OPTIMIZER(shampoo)
