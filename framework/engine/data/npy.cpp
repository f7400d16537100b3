#include "data/npy.hpp"

#include "data/data_error.hpp"
#include "data/dataset.hpp"
#include "data/file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

static_assert(std::endian::native == std::endian::little, "values of .npy files are taken as they are");

constexpr std::string_view npy_magic = "\x93NUMPY";
constexpr std::size_t longest_npy_header = 10'000;  // NumPy's own limit: max_header_size of numpy.load
constexpr std::size_t most_npy_dimensions = 9;      // examples, and the 8 of one example

struct npy_kind {
  std::string_view descr;
  npy_type type;
  std::size_t size;
  std::string_view name;
};

constexpr std::array npy_kinds{
    npy_kind{"|u1", npy_type::uint8, 1, "uint8"}, npy_kind{"<i4", npy_type::int32, 4, "int32"},
    npy_kind{"<i8", npy_type::int64, 8, "int64"}, npy_kind{"<f4", npy_type::float32, 4, "float32"},
    npy_kind{"<f8", npy_type::float64, 8, "float64"}};

const npy_kind& kind_of(npy_type type) { return *std::ranges::find(npy_kinds, type, &npy_kind::type); }

[[noreturn]] void fail_npy(std::string_view name, std::string_view fault) {
  throw data_error(fmt::format("{}: {}", name, fault));
}

/// What the header's dictionary says.
struct npy_header {
  std::string_view descr, order;
  std::vector<std::size_t> shape;
};

/// Reads the one form of dictionary that NumPy writes, keys in any order.
class npy_header_reader {
 public:
  npy_header_reader(std::string_view text, std::string_view name) : text_(text), rest_(text), name_(name) {}

  npy_header read() {
    npy_header found;
    expect('{');
    while (!take('}')) {
      const std::string_view key = quoted();
      expect(':');
      read_value(key, found);
      if (!take(',') && peek() != '}') fail("a comma or }");
    }
    if (!skip_space().empty()) fail("nothing after the dictionary");
    if (found.descr.empty() || found.order.empty() || !shape_found_) {
      fail("the keys descr, fortran_order and shape");
    }
    return found;
  }

 private:
  void read_value(std::string_view key, npy_header& into) {
    if (key == "descr") {
      if (peek() == '[')
        fail_npy(name_, "holds records with named fields; save one plain array, such as X['field']");
      into.descr = quoted();
    } else if (key == "fortran_order") {
      into.order = word();
    } else if (key == "shape") {
      into.shape = tuple();
      shape_found_ = true;
    } else {
      fail("the keys descr, fortran_order and shape");
    }
  }

  std::string_view skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n"), rest_.size()));
    return rest_;
  }
  char peek() { return skip_space().empty() ? '\0' : rest_.front(); }

  bool take(char which) {
    if (peek() != which) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char which) {
    if (!take(which)) fail(std::string_view(&which, 1));
  }
  std::string_view quoted() {
    const char quote = peek();
    const std::size_t end = quote == '\'' || quote == '"' ? rest_.find(quote, 1) : std::string_view::npos;
    if (end == std::string_view::npos) fail("a text in quotes");
    const std::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return text;
  }
  std::string_view word() {
    skip_space();
    const auto end = std::ranges::find_if(rest_, [](char c) { return c < 'A' || c > 'z'; });
    const auto size = static_cast<std::size_t>(end - rest_.begin());
    const std::string_view found = rest_.substr(0, size);
    if (found != "True" && found != "False") fail("True or False");
    rest_.remove_prefix(size);
    return found;
  }
  std::vector<std::size_t> tuple() {
    std::vector<std::size_t> extents;
    expect('(');
    while (!take(')')) {
      std::size_t extent = 0;
      skip_space();
      const auto [end, fault] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
      if (fault != std::errc() || extents.size() == most_npy_dimensions) {
        fail(fmt::format("a tuple of at most {} whole numbers", most_npy_dimensions));
      }
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      extents.push_back(extent);
      if (!take(',') && peek() != ')') fail("a comma or )");
    }
    return extents;
  }

  [[noreturn]] void fail(std::string_view expected) const {
    fail_npy(name_,
             fmt::format("has a header that can't be read, at its character {}: expected {}; save the array "
                         "again with numpy.save",
                         text_.size() - rest_.size() + 1, expected));
  }

  std::string_view text_, rest_, name_;
  bool shape_found_ = false;
};

/// The header's text, and the values after it.
std::pair<std::string_view, std::span<const std::byte>> take_npy_apart(std::span<const std::byte> content,
                                                                       std::string_view name) {
  const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  if (!text.starts_with(npy_magic)) {
    fail_npy(name, text.starts_with("PK") ? "is an .npz archive; save each array on its own with numpy.save"
                                          : "is not a .npy file: it doesn't begin with 93 NUMPY; write it "
                                            "with numpy.save");
  }
  const std::size_t version = content.size() > 6 ? std::to_integer<std::size_t>(content[6]) : 1;
  if (version != 1 && version != 2) {
    fail_npy(name, fmt::format(
                       "is of version {} of the .npy format, expected 1 or 2; save a plain array of numbers",
                       version));
  }
  const std::size_t begin = version == 1 ? 10 : 12;
  if (content.size() < begin) fail_npy(name, "ends within its header; copy it again");
  std::size_t size = 0;
  for (std::size_t i = begin; i-- > 8;) size = (size << 8U) | std::to_integer<std::size_t>(content[i]);
  if (size > longest_npy_header) {
    fail_npy(name, fmt::format("has a header of {} bytes, expected at most {}", size, longest_npy_header));
  }
  if (size > content.size() - begin) fail_npy(name, "ends within its header; copy it again");
  return {text.substr(begin, size), content.subspan(begin + size)};
}

/// The number of bytes that an array of this form has, if it is no more than `most`.
std::size_t npy_bytes(const npy_array& array, std::size_t most, std::string_view name) {
  std::size_t bytes = kind_of(array.type).size;
  for (const std::size_t extent : array.shape) {
    if (extent == 0) {
      fail_npy(name, fmt::format("has the shape ({}): every dimension must be at least 1",
                                 fmt::join(array.shape, ", ")));
    }
    if (extent > most / bytes) {
      fail_npy(name, fmt::format("is short: {} values of the shape ({}) are more than its {} bytes of data; "
                                 "copy it again",
                                 to_string(array.type), fmt::join(array.shape, ", "), most));
    }
    bytes *= extent;
  }
  if (bytes < most) {
    fail_npy(name, fmt::format("goes on after the {} bytes of its array: found {}", bytes, most));
  }
  return bytes;
}

template <class T>
T npy_value(const npy_array& array, std::size_t index) {
  T value;
  std::memcpy(&value, array.bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

/// Calls `use` with the index and the value of each element.
template <class Use>
void for_each_value(const npy_array& array, Use use) {
  const std::size_t count = array.bytes.size() / kind_of(array.type).size;
  const auto all = [&]<class T>(T) {
    for (std::size_t i = 0; i < count; ++i) use(i, npy_value<T>(array, i));
  };
  switch (array.type) {
    case npy_type::uint8:
      return all(std::uint8_t{});
    case npy_type::int32:
      return all(std::int32_t{});
    case npy_type::int64:
      return all(std::int64_t{});
    case npy_type::float32:
      return all(float{});
    case npy_type::float64:
      return all(double{});
  }
}

void check_is_column(const npy_array& array, std::string_view what, std::string_view name) {
  if (array.row_size() == 1) return;
  fail_npy(name, fmt::format("has the shape ({}), expected one {} for each example: (n,) or (n, 1)",
                             fmt::join(array.shape, ", "), what));
}

}  // namespace

std::string_view to_string(npy_type type) { return kind_of(type).name; }

std::size_t npy_array::row_size() const {
  return std::accumulate(shape.begin() + 1, shape.end(), std::size_t{1}, std::multiplies<>());
}

npy_array parse_npy(std::span<const std::byte> content, std::string_view name) {
  const auto [text, values] = take_npy_apart(content, name);
  npy_header header = npy_header_reader(text, name).read();
  const auto kind = std::ranges::find(npy_kinds, header.descr, &npy_kind::descr);
  if (kind == npy_kinds.end()) {
    fail_npy(name,
             fmt::format("holds values of the type '{}', expected uint8, int32, int64, float32 or float64, "
                         "lowest byte first; convert them, as in X.astype('<f4')",
                         header.descr));
  }
  if (header.order == "True") {
    fail_npy(name, "is in Fortran order, expected C order; save numpy.ascontiguousarray(X)");
  }
  if (header.shape.empty())
    fail_npy(name, "holds a single number; expected an array with a row for each example");
  npy_array array{kind->type, std::move(header.shape), {}};
  const std::size_t size = npy_bytes(array, values.size(), name);
  array.bytes.assign(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(size));
  return array;
}

npy_array read_npy(const std::filesystem::path& file) {
  return parse_npy(read_file(file, most_dataset_bytes()), file.string());
}

std::vector<std::size_t> read_npy_shape(const std::filesystem::path& file) {
  check_is_file(file);
  std::ifstream in(file, std::ios::binary);
  std::vector<std::byte> begin(longest_npy_header + 12);
  in.read(reinterpret_cast<char*>(begin.data()), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<std::size_t>(in.gcount()));
  const std::string name = file.string();
  return npy_header_reader(take_npy_apart(begin, name).first, name).read().shape;
}

std::vector<float> npy_floats(const npy_array& array, std::string_view name) {
  const std::size_t row = array.row_size();
  std::vector<float> floats(array.shape[0] * row);
  for_each_value(array, [&](std::size_t i, auto value) {
    floats[i] = static_cast<float>(value);
    if (std::isfinite(floats[i])) return;
    fail_npy(
        name,
        fmt::format("row {}, value {} (both from 0) is {}; expected a finite number{}; remove or replace it",
                    i / row, i % row, value,
                    std::isfinite(static_cast<double>(value)) ? " that a 32-bit float can hold" : ""));
  });
  return floats;
}

std::vector<float> npy_targets(const npy_array& array, std::string_view name) {
  check_is_column(array, "number", name);
  return npy_floats(array, name);
}

std::vector<std::uint8_t> npy_labels(const npy_array& array, std::string_view name) {
  if (array.type == npy_type::float32 || array.type == npy_type::float64) {
    fail_npy(name,
             fmt::format("holds real numbers ({}), expected whole numbers that name classes; to predict the "
                         "numbers, give task: regression; if they are classes, save y.astype('int32')",
                         to_string(array.type)));
  }
  check_is_column(array, "label", name);
  std::vector<std::uint8_t> labels(array.shape[0]);
  for_each_value(array, [&](std::size_t i, auto value) {
    const auto label = static_cast<std::int64_t>(value);
    if (label < 0 || label > 255) {
      fail_npy(name, fmt::format(
                         "label {} of row {} (from 0) is out of range; expected 0 to 255: number the classes "
                         "from 0, as numpy.unique(y, return_inverse=True)[1] does",
                         label, i));
    }
    labels[i] = static_cast<std::uint8_t>(label);
  });
  return labels;
}

}  // namespace ravine
