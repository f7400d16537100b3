#include "train/augmenter.hpp"

#include "trial/streams.hpp"

#include <algorithm>
#include <cmath>

#include <boost/random/uniform_01.hpp>
#include <boost/random/uniform_int_distribution.hpp>

namespace ravine {
namespace {

/// Where a place between pixels lies: on the way from `first` to `second`, by the share `way`.
struct between {
  std::size_t first, second;
  double way;
};

between neighbours(double place, std::size_t count) {
  const double inside = std::clamp(place, 0.0, static_cast<double>(count - 1));
  const auto first = static_cast<std::size_t>(inside);
  return {first, std::min(first + 1, count - 1), inside - std::floor(inside)};
}

}  // namespace

template <class T>
augmenter<T>::augmenter(const example_form& form)
    : wanted_(form.augment),
      channels_(form.shape.size() == 3 ? form.shape[0] : 1),
      rows_(form.shape[form.shape.size() - 2]),
      columns_(form.shape.back()),
      copy_(rows_ * columns_) {
  wanted_.background.resize(channels_);
}

template <class T>
void augmenter<T>::apply(std::span<T> images, std::uint64_t seed) {
  stream_engine random(seed);
  boost::random::uniform_01<double> share;
  const auto most = static_cast<std::int64_t>(wanted_.shift);
  const boost::random::uniform_int_distribution<std::int64_t> pixels(-most, most);
  const std::size_t features = channels_ * copy_.size();
  for (std::size_t first = 0; first < images.size(); first += features) {
    const std::span<T> image = images.subspan(first, features);
    if (wanted_.crop > 0) {
      const double kept = 1 - wanted_.crop * share(random);
      const auto height = static_cast<double>(rows_), width = static_cast<double>(columns_);
      const double top = share(random) * (1 - kept) * height, left = share(random) * (1 - kept) * width;
      cut(image, {top, left, kept * height, kept * width});
    }
    if (wanted_.flip && share(random) < 0.5) mirror(image);
    if (most > 0) {
      const std::int64_t down = pixels(random), right = pixels(random);
      shift(image, down, right);
    }
  }
}

template <class T>
void augmenter<T>::cut(std::span<T> image, const window& kept) {
  const double down = kept.height / static_cast<double>(rows_),
               right = kept.width / static_cast<double>(columns_);
  const auto along = [this](std::size_t row, const auto& column) {
    return std::lerp(static_cast<double>(copy_[row * columns_ + column.first]),
                     static_cast<double>(copy_[row * columns_ + column.second]), column.way);
  };
  for (std::size_t c = 0; c < channels_; ++c) {
    const std::span<T> plane = image.subspan(c * copy_.size(), copy_.size());
    std::ranges::copy(plane, copy_.begin());
    for (std::size_t y = 0; y < rows_; ++y) {
      const between row = neighbours(kept.top + (static_cast<double>(y) + 0.5) * down - 0.5, rows_);
      for (std::size_t x = 0; x < columns_; ++x) {
        const between column = neighbours(kept.left + (static_cast<double>(x) + 0.5) * right - 0.5, columns_);
        const double above = along(row.first, column), below = along(row.second, column);
        plane[y * columns_ + x] = static_cast<T>(std::lerp(above, below, row.way));
      }
    }
  }
}

template <class T>
void augmenter<T>::mirror(std::span<T> image) const {
  for (std::size_t first = 0; first < image.size(); first += columns_) {
    std::ranges::reverse(image.subspan(first, columns_));
  }
}

template <class T>
void augmenter<T>::shift(std::span<T> image, std::int64_t down, std::int64_t right) {
  const auto rows = static_cast<std::int64_t>(rows_), columns = static_cast<std::int64_t>(columns_);
  for (std::size_t c = 0; c < channels_; ++c) {
    const std::span<T> plane = image.subspan(c * copy_.size(), copy_.size());
    std::ranges::copy(plane, copy_.begin());
    std::ranges::fill(plane, static_cast<T>(wanted_.background[c]));
    for (std::int64_t y = std::max<std::int64_t>(0, down); y < std::min(rows, rows + down); ++y) {
      for (std::int64_t x = std::max<std::int64_t>(0, right); x < std::min(columns, columns + right); ++x) {
        plane[static_cast<std::size_t>(y * columns + x)] =
            copy_[static_cast<std::size_t>((y - down) * columns + x - right)];
      }
    }
  }
}

template class augmenter<float>;
template class augmenter<double>;

}  // namespace ravine
