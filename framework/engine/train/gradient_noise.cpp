#include "train/gradient_noise.hpp"

#include <boost/random/normal_distribution.hpp>

namespace ravine {

template <class T>
void gradient_noise::add_to(std::span<T> gradient) {
  boost::random::normal_distribution<double> normal(0, standard_deviation_);
  for (T& element : gradient) element = static_cast<T>(static_cast<double>(element) + normal(random_));
}

template void gradient_noise::add_to(std::span<float>);
template void gradient_noise::add_to(std::span<double>);

}  // namespace ravine
