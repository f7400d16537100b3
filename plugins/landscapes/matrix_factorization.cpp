#include "spectrum.hpp"

#include <ravine/landscape.hpp>
#include <ravine/matrices.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace {

class matrix_factorization {
 public:
  static constexpr ravine::about about{
      "matrix_factorization", "A matrix as the product of two of low rank",
      "Srebro & Jaakkola 2003, Weighted low-rank approximations (ICML); Burer & Monteiro 2003, "
      "doi:10.1007/s10107-002-0352-8",
      "f(U, V) = 1/2 |U V' - M|^2, M rows x columns of the given rank, drawn from the seed with singular "
      "values\n"
      "from 1 to 1 / kappa, even in their logarithms. No minima but global ones, and saddles between them\n"
      "(Ge, Lee & Ma 2016, arXiv:1605.07272). With fewer factors than the rank, the minimum is half the\n"
      "squares of the singular values left out (Eckart & Young 1936). Starts normal with deviation `start`."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer("rows", 8).at_least(1).at_most(2000).doc("of the matrix"),
      ravine::integer("columns", 6).at_least(1).at_most(2000).doc("of the matrix"),
      ravine::integer("rank", 3).at_least(1).at_most(2000).doc("of the matrix"),
      ravine::integer("factors", 3).at_least(1).at_most(2000).doc("columns of U and V"),
      ravine::real("kappa", 10).at_least(1).fixed().log().search(1, 1e4).doc("condition number"),
      ravine::real("start", 0.3)
          .above(0)
          .fixed()
          .log()
          .search(1e-3, 1)
          .doc("standard deviation of the start"),
      ravine::integer("seed", 1).at_least(0).doc("another seed draws another matrix and start"));

  explicit matrix_factorization(ravine::config<matrix_factorization> c)
      : rows_(c.count("rows")), columns_(c.count("columns")), factors_(c.count("factors")) {
    const std::size_t rank = c.count("rank"), most = std::min(rows_, columns_);
    if (rank > most) {
      throw ravine::bad_config("rank is " + std::to_string(rank) + ", expected at most " +
                               std::to_string(most) + ", the smaller of rows and columns");
    }
    ravine::random_stream random(c.count("seed"));
    const auto left = ravine::orthonormal_columns(rows_, rank, random);
    const auto right = ravine::orthonormal_columns(columns_, rank, random);
    const std::vector<double> values = ravine::singular_values(rank, c["kappa"]);
    target_.resize(rows_ * columns_);
    for (std::size_t i = 0; i < target_.size(); ++i) {
      for (std::size_t k = 0; k < rank; ++k)
        target_[i] += values[k] * left(i / columns_, k) * right(i % columns_, k);
    }
    for (std::size_t k = factors_; k < rank; ++k) minimum_ += values[k] * values[k] / 2;
    known_.resize(dimension());
    for (std::size_t k = 0; k < std::min(rank, factors_); ++k) {
      const double root = std::sqrt(values[k]);
      for (std::size_t i = 0; i < rows_; ++i) known_[i * factors_ + k] = root * left(i, k);
      for (std::size_t i = 0; i < columns_; ++i) known_[(rows_ + i) * factors_ + k] = root * right(i, k);
    }
    for (std::size_t i = 0; i < dimension(); ++i) start_.push_back(random.normal(0, c["start"]));
  }

  void layout(ravine::layout_builder& tensors) const {
    tensors.weight("u", {rows_, factors_}, factors_, rows_);
    tensors.weight("v", {columns_, factors_}, factors_, columns_);
  }

  ravine::landscape_facts facts() const {
    const double reach = std::max(
        2.0, 2 * std::abs(*std::ranges::max_element(start_, {}, [](double x) { return std::abs(x); })));
    return {.lower = std::vector<double>(dimension(), -reach),
            .upper = std::vector<double>(dimension(), reach),
            .start = start_,
            .minima = {known_},
            .minimum = minimum_};
  }

  template <class T>
  T loss_gradient(std::span<const T> x, std::span<T> g) const {
    const std::span<const T> u = x.first(rows_ * factors_), v = x.subspan(rows_ * factors_);
    std::vector<T> rest(target_.begin(), target_.end());
    ravine::multiply(ravine::matrix(u, factors_), ravine::transposed(v, factors_), std::span(rest), 1, -1);
    const ravine::matrix_factor<T> difference = ravine::matrix(std::span<const T>(rest), columns_);
    ravine::multiply(difference, ravine::matrix(v, factors_), g.first(u.size()));
    ravine::multiply(ravine::transposed(std::span<const T>(rest), columns_), ravine::matrix(u, factors_),
                     g.subspan(u.size()));
    T squares = 0;
    for (const T each : rest) squares += each * each;
    return squares / 2;
  }

 private:
  std::size_t dimension() const { return (rows_ + columns_) * factors_; }

  std::size_t rows_, columns_, factors_;
  std::vector<double> target_, start_, known_;
  double minimum_ = 0;
};

}  // namespace

RAVINE_LANDSCAPE(matrix_factorization)
