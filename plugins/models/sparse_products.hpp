#pragma once

#include <ravine/vectors.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

/// Products of matrices that are kept as lists of their elements with dense ones.
namespace ravine::detail {

/// An element of a sparse matrix that is not zero.
template <class T>
struct sparse_element {
  std::uint32_t index;  // of its column, in lists by row; of its row, in lists by column
  T value;
};

/// Lists of elements, each in parts: one for each block of `block` indices.
template <class T>
struct sparse_lists {
  static constexpr std::size_t block = 64;
  static constexpr std::size_t blocks_of(std::size_t indices) { return (indices + block - 1) / block; }

  const sparse_element<T>* elements;
  const std::uint32_t* places;  // part b of list i is from places[i * list_step + b * block_step] to the next
  std::size_t count;            // of lists
  std::size_t indices;          // each is below this
  std::size_t list_step, block_step;
};

/// A dense factor, row-major.
template <class T>
struct dense_factor {
  static constexpr bool has_rows = true;  // that can be read where they are

  const T* data;
  std::size_t width;

  T at(std::size_t row, std::size_t column) const { return data[row * width + column]; }
  const T* row(std::size_t row, std::size_t column) const { return data + row * width + column; }
  /// Copies some of its rows, from that column on, to a panel of as many columns as Vectors of Bytes hold.
  template <std::size_t Bytes, std::size_t Vectors>
  void pack(std::size_t first, std::size_t rows, std::size_t column, T* panel) const {
    using vector = typename vector_of<T, Bytes>::type;
    constexpr std::size_t lanes = vector_of<T, Bytes>::lanes;
    for (std::size_t r = 0; r < rows; ++r, panel += Vectors * lanes) {
      const T* const from = row(first + r, column);
#pragma GCC unroll 8
      for (std::size_t v = 0; v < Vectors; ++v) {
        *reinterpret_cast<vector*>(panel + v * lanes) = *reinterpret_cast<const vector*>(from + v * lanes);
      }
    }
  }
};

/// The same of which the transpose is given.
template <class T>
struct transposed_factor {
  static constexpr bool has_rows = false;

  const T* data;
  std::size_t height;

  T at(std::size_t row, std::size_t column) const { return data[column * height + row]; }
  template <std::size_t Bytes, std::size_t Vectors>
  void pack(std::size_t first, std::size_t rows, std::size_t column, T* panel) const {
    constexpr std::size_t width = Vectors * vector_of<T, Bytes>::lanes;
    for (std::size_t k = 0; k < width; ++k) {
      const T* const from = data + (column + k) * height + first;
      for (std::size_t r = 0; r < rows; ++r) panel[r * width + k] = from[r];
    }
  }
};

/// The sums of a block, of as many columns as Vectors of Bytes hold. Its rows are `pitch` apart.
template <std::size_t Bytes, std::size_t Vectors, class T, class Pitch>
void multiply_block(const sparse_lists<T>& lists, std::size_t first, const T* rows, Pitch pitch,
                    const T* start, T* to, std::size_t width) {
  using vector = typename vector_of<T, Bytes>::type;
  constexpr std::size_t lanes = vector_of<T, Bytes>::lanes;
  const sparse_element<T>* const elements = lists.elements;
  const std::uint32_t* place = lists.places + first / sparse_lists<T>::block * lists.block_step;
  const std::size_t list_step = lists.list_step, count = lists.count;
  for (std::size_t i = 0; i < count; ++i, place += list_step, to += width) {
    const sparse_element<T>*each = elements + place[0], *const end = elements + place[1];
    if (each == end && first > 0) continue;
    const T* const before = first > 0 ? to : start;
    vector sums[Vectors] = {};
#pragma GCC unroll 8
    for (std::size_t v = 0; before != nullptr && v < Vectors; ++v) {
      sums[v] = *reinterpret_cast<const vector*>(before + v * lanes);
    }
    for (; each != end; ++each) {
      const T* const row = rows + (each->index - first) * pitch;
#pragma GCC unroll 8
      for (std::size_t v = 0; v < Vectors; ++v) {
        sums[v] += each->value * *reinterpret_cast<const vector*>(row + v * lanes);
      }
    }
#pragma GCC unroll 8
    for (std::size_t v = 0; v < Vectors; ++v) *reinterpret_cast<vector*>(to + v * lanes) = sums[v];
  }
}

/// The columns of the product that fit into the registers. Each block of the other factor is copied, so that
/// it lies close together in the nearest cache.
template <std::size_t Bytes, std::size_t Vectors, class T, class Factor>
void multiply_stripe(const sparse_lists<T>& lists, const Factor& factor, std::size_t column, const T* start,
                     T* to, std::size_t width) {
  constexpr std::size_t stripe = Vectors * vector_of<T, Bytes>::lanes, block = sparse_lists<T>::block;
  constexpr std::size_t few = 16;  // lists gain too little from a copy
  alignas(64) T panel[block * stripe];
  for (std::size_t first = 0; first < lists.indices; first += block) {
    if constexpr (Factor::has_rows) {
      if (lists.count <= few) {
        multiply_block<Bytes, Vectors>(lists, first, factor.row(first, column), width, start, to, width);
        continue;
      }
    }
    factor.template pack<Bytes, Vectors>(first, std::min(block, lists.indices - first), column, panel);
    const std::integral_constant<std::size_t, stripe> pitch;
    multiply_block<Bytes, Vectors>(lists, first, static_cast<const T*>(panel), pitch, start, to, width);
  }
}

/// One column of the product.
template <class T, class Factor>
void multiply_column(const sparse_lists<T>& lists, const Factor& factor, std::size_t column, const T* start,
                     T* to, std::size_t width) {
  for (std::size_t i = 0; i < lists.count; ++i) {
    T sum = start == nullptr ? T{0} : start[column];
    for (std::size_t b = 0; b < sparse_lists<T>::blocks_of(lists.indices); ++b) {
      const std::uint32_t* const place = lists.places + i * lists.list_step + b * lists.block_step;
      for (std::size_t k = place[0]; k < place[1]; ++k) {
        sum += lists.elements[k].value * factor.at(lists.elements[k].index, column);
      }
    }
    to[i * width + column] = sum;
  }
}

/// to[i][:] = start[:] + the sum over list i of value * factor[index][:], each of `width` columns; without
/// `start`, from zero. Each sum is made in the order of the list.
template <class T, class Factor>
void multiply(const sparse_lists<T>& lists, const Factor& factor, const T* start, T* to, std::size_t width) {
  on_widest_vectors([&](auto bytes) {
    std::size_t column = 0;
    const auto in_stripes = [&](auto vectors) {
      constexpr std::size_t stripe = vectors * vector_of<T, bytes>::lanes;
      for (; column + stripe <= width; column += stripe) {
        multiply_stripe<bytes, vectors>(lists, factor, column, start == nullptr ? nullptr : start + column,
                                        to + column, width);
      }
    };
    in_stripes(std::integral_constant<std::size_t, 8>{});
    in_stripes(std::integral_constant<std::size_t, 2>{});
    in_stripes(std::integral_constant<std::size_t, 1>{});
    for (; column < width; ++column) multiply_column(lists, factor, column, start, to, width);
  });
}

}  // namespace ravine::detail
