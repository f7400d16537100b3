#pragma once

#include <compare>
#include <concepts>
#include <type_traits>

namespace ravine {

/// The value of a hyperparameter: a double that converts to the type it is wanted in, without a cast.
///
///     const T beta = s["beta"], gain = 1 - s["beta"];
///
/// Arithmetic with numbers and other scalars is done in double and rounded once, by the conversion. Give a
/// scalar its type before a loop over elements, which would compute in double otherwise, and before a
/// function that exists for several types: `const double beta = s["beta"]; std::pow(beta, s.t())`.
template <class T>
class scalar {
 public:
  using value_type = T;

  explicit constexpr scalar(double value) : value_(value) {}

  template <std::floating_point U>
  constexpr operator U() const {
    return static_cast<U>(value_);
  }
  constexpr scalar operator-() const { return scalar(-value_); }

 private:
  double value_;
};

namespace detail {

template <class A>
inline constexpr bool is_scalar = false;
template <class T>
inline constexpr bool is_scalar<scalar<T>> = true;

/// Two operands, at least one of them a scalar.
template <class A, class B>
concept with_scalar = (is_scalar<A> && (is_scalar<B> || std::is_arithmetic_v<B>)) ||
                      (std::is_arithmetic_v<A> && is_scalar<B>);

template <class A, class B>
using result_of = std::conditional_t<is_scalar<A>, A, B>;

}  // namespace detail

template <class A, class B>
requires detail::with_scalar<A, B>
constexpr auto operator+(A a, B b) {
  return detail::result_of<A, B>(static_cast<double>(a) + static_cast<double>(b));
}
template <class A, class B>
requires detail::with_scalar<A, B>
constexpr auto operator-(A a, B b) {
  return detail::result_of<A, B>(static_cast<double>(a) - static_cast<double>(b));
}
template <class A, class B>
requires detail::with_scalar<A, B>
constexpr auto operator*(A a, B b) {
  return detail::result_of<A, B>(static_cast<double>(a) * static_cast<double>(b));
}
template <class A, class B>
requires detail::with_scalar<A, B>
constexpr auto operator/(A a, B b) {
  return detail::result_of<A, B>(static_cast<double>(a) / static_cast<double>(b));
}
template <class A, class B>
requires detail::with_scalar<A, B>
constexpr bool operator==(A a, B b) { return static_cast<double>(a) == static_cast<double>(b); }
template <class A, class B>
requires detail::with_scalar<A, B>
constexpr std::partial_ordering operator<=>(A a, B b) {
  return static_cast<double>(a) <=> static_cast<double>(b);
}

}  // namespace ravine
