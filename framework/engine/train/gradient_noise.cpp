#include "train/gradient_noise.hpp"

#include <boost/random/normal_distribution.hpp>

namespace ravine {

template <class T>
void gradient_noise::add_to(std::span<T> gradient) {
  const bool alike = standard_deviations_.size() == 1;
  boost::random::normal_distribution<double> normal(0, alike ? standard_deviations_.front() : 1);
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const double drawn = alike ? normal(random_) : standard_deviations_[i] * normal(random_);
    gradient[i] = static_cast<T>(static_cast<double>(gradient[i]) + drawn);
  }
}

template void gradient_noise::add_to(std::span<float>);
template void gradient_noise::add_to(std::span<double>);

}  // namespace ravine
