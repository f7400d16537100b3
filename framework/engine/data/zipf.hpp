#pragma once

#include "data/dataset_content.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ravine {

struct zipf_options {
  std::size_t classes = 100;       ///< 2 to 256
  std::size_t features = 64;       ///< of an example, at least 1
  std::size_t train = 10'000;      ///< examples, at least 1
  std::size_t validation = 2'000;  ///< examples, may be 0
  std::size_t test = 2'000;        ///< examples, at least 1
  std::uint64_t seed = 1;          ///< another seed draws other classes and examples
  double exponent = 1;  ///< of the classes' frequencies: class k = 1, 2, … has k^-exponent; 0: balanced
  double mean = 1;      ///< of every feature over all classes
};

/// Drawn examples whose classes are as frequent as words: the heavy-tailed imbalance on which gradient
/// descent falls behind Adam (Kunstner et al. 2024, arXiv:2402.19449). Class k has a centre, drawn from
/// N(mean, I / 4), around which its examples are N(centre, I): at 64 features a linear softmax tells most
/// classes apart. Differs from the paper, whose inputs are uniform on 0..1 and carry no information on their
/// classes: these do, so that the test part measures something. As there, features have a mean: it makes the
/// curvature of a class's weights grow with the frequency of the class, and without it the gap is gone.
/// Another exponent changes how many examples a class has, and no centre. Throws data_error when a size is
/// out of range.
dataset_content make_zipf(const zipf_options& options);

/// How many of `examples` each class has: in proportion to k^-exponent, rounded by the largest remainders.
std::vector<std::size_t> zipf_counts(std::size_t examples, std::size_t classes, double exponent);

}  // namespace ravine
