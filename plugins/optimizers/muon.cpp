#include <ravine/newton_schulz.hpp>
#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct muon {
  static constexpr ravine::about about{
      "muon", "Momentum orthogonalised by Newton-Schulz, and AdamW",
      "Jordan et al. 2024, kellerjordan.github.io/posts/muon",
      "Matrices: m <- beta m + g, u = g + beta m (Nesterov), p <- (1 - lr weight_decay) p - lr scale NS(u)\n"
      "NS moves the singular values of u to within about 0.7 and 1.2. scale: spectral is\n"
      "sqrt(max(1, outputs / inputs)), the author's; rms is 0.2 sqrt(max(rows, columns)), which moves about\n"
      "as far as AdamW (Liu et al. 2025, arXiv:2502.16982). More dimensions count as first extent x the\n"
      "rest. Embeddings and all else: AdamW with adamw_lr, beta1, beta2, eps and the same weight_decay. The\n"
      "author gives it the last layer too; here every other matrix is Muon's. NS runs in the parameters' "
      "type,\n"
      "not in bfloat16. State: m per parameter, v for AdamW's tensors alone, and a workspace of one largest\n"
      "matrix and two squares of its shorter side."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(0.02).search(1e-3, 0.1).doc("learning rate of matrices"),
      ravine::decay_rate("beta", 0.95).search(0.8, 0.99).doc("decay of m"),
      ravine::integer("iterations", 5).at_least(1).at_most(100).doc("Newton-Schulz iterations"),
      ravine::choice("scale", {"spectral", "rms"}).doc("how a move's size depends on the matrix's shape"),
      ravine::real("adamw_lr", 3e-4).at_least(0).log().search(1e-5, 0.1).doc("learning rate of all else"),
      ravine::beta1().doc("AdamW's, of m"), ravine::beta2(0.95).search(0.9, 0.999).doc("of v"),
      ravine::eps(1e-10).search(1e-12, 1e-2).doc("added to AdamW's root of v"), ravine::weight_decay(0),
      ravine::decay_biases());

  explicit muon(ravine::config<muon> c) : spectral_(c.choice("scale") == "spectral"), config_(c) {}

  void state(ravine::state_list& list) const {
    std::size_t others = 0, workspace = 0;
    for (const auto tensor : list.tensors()) {
      const std::size_t needed = tensor.size() + ravine::newton_schulz_workspace(matrix(tensor).shorter());
      if (is_map(tensor)) workspace = std::max(workspace, needed);
      if (!is_map(tensor)) others += tensor.size();
    }
    list.per_parameter("m");
    list.array("v", others);
    list.scratch("workspace", workspace);
  }

  template <class T>
  void step(ravine::step<T, muon> s) const {
    std::span<T> v = s.state("v");
    for (const auto tensor : s.tensors()) {
      if (is_map(tensor)) {
        orthogonal_step(s, tensor, s.state("workspace"));
      } else {
        adamw_step(s, tensor, v.first(tensor.size()));
        v = v.subspan(tensor.size());
      }
    }
  }

 private:
  /// The rows of an embedding are apart: no vector is multiplied by them.
  static bool is_map(const ravine::tensor_info& tensor) {
    return tensor.is_matrix() && tensor.role() != RV_ROLE_EMBEDDING;
  }

  struct matrix {
    explicit matrix(const ravine::tensor_info& tensor)
        : rows(tensor.shape()[0]), columns(tensor.size() / rows) {}
    std::size_t shorter() const { return std::min(rows, columns); }
    /// Strides of the upright one of the matrix and its transpose.
    std::size_t down() const { return rows >= columns ? columns : 1; }
    std::size_t across() const { return rows >= columns ? 1 : rows; }
    std::size_t rows, columns;
  };

  template <class T, class Tensor>
  void orthogonal_step(const ravine::step<T, muon>& s, const Tensor& tensor, std::span<T> workspace) const {
    const matrix shape(tensor);
    const auto p = tensor.params(), m = tensor.state("m"), u = workspace.first(tensor.size());
    const auto g = tensor.grads();
    const T beta = s["beta"], kept = 1 - s["lr"] * tensor.decay();
    const auto for_each = [shape](auto update) {
      for (std::size_t row = 0, i = 0; row < shape.rows; ++row) {
        for (std::size_t column = 0; column < shape.columns; ++column, ++i)
          update(i, row * shape.down() + column * shape.across());
      }
    };
    for_each([=](std::size_t i, std::size_t upright) {
      m[i] = beta * m[i] + g[i];
      u[upright] = g[i] + beta * m[i];
    });
    ravine::newton_schulz(u, shape.shorter(), config_.integer("iterations"), workspace.subspan(u.size()));
    const double longer = double(std::max(shape.rows, shape.columns));
    const double scale = std::sqrt(spectral_ ? std::max(1.0, tensor.outputs_per_input()) : 0.04 * longer);
    const T rate = s["lr"] * scale;
    for_each([=](std::size_t i, std::size_t upright) { p[i] = kept * p[i] - rate * u[upright]; });
  }

  template <class T, class Tensor>
  void adamw_step(const ravine::step<T, muon>& s, const Tensor& tensor, std::span<T> v) const {
    const ravine::moments moments(s);
    const T kept = 1 - s["adamw_lr"] * tensor.decay();
    const T rate = s["adamw_lr"] / moments.correction1;
    const auto p = tensor.params(), m = tensor.state("m");
    const auto g = tensor.grads();
    for (std::size_t i = 0; i < p.size(); ++i) {
      moments.update(g[i], m[i], v[i]);
      p[i] = kept * p[i] - ravine::quotient(rate * m[i], moments.root(v[i]));
    }
  }

  bool spectral_;
  ravine::config<muon> config_;
};

}  // namespace

RAVINE_OPTIMIZER(muon)
