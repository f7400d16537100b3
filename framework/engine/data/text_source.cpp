#include "data/text_source.hpp"

#include "data/data_error.hpp"
#include "data/file.hpp"
#include "data/random.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::uint8_t ink = 255;  // which models see as 1

/// The number of each character of the text.
struct vocabulary {
  explicit vocabulary(std::string_view text) {
    std::array<bool, 256> occurs{};
    for (const char each : text) occurs[static_cast<unsigned char>(each)] = true;
    for (std::size_t i = 0; i < occurs.size(); ++i) {
      if (occurs[i]) numbers[i] = static_cast<std::uint8_t>(size++);
    }
  }
  std::uint8_t operator()(char each) const { return numbers[static_cast<unsigned char>(each)]; }

  std::array<std::uint8_t, 256> numbers{};
  std::size_t size = 0;
};

/// A part of the text and how many examples to take from it.
struct passage {
  std::string_view text, part;
  std::size_t count;
  std::uint64_t seed;
};

std::size_t labels_each(const text_options& options) {
  return options.labels == label_places::each ? options.context : 1;
}

class example_taker {
 public:
  example_taker(const vocabulary& words, const text_options& options, std::string_view name)
      : words_(words), options_(options), name_(name) {}

  image_table take(const passage& from) const {
    const std::size_t context = options_.context;
    const std::size_t places = from.text.size() > context ? from.text.size() - context : 0;
    if (from.count > places) {
      throw data_error(
          fmt::format("{}: `{}: {}` is more than the {} examples of {} characters that its part of the "
                      "text, {} bytes, holds; choose a smaller number or a longer text",
                      name_, from.part, from.count, places, context, from.text.size()));
    }
    std::vector<std::uint32_t> order(from.count == 0 ? 0 : places);
    std::iota(order.begin(), order.end(), 0U);
    shuffle_rows(order, from.seed);
    image_table part;
    part.labels_each = labels_each(options_);
    for (std::size_t i = 0; i < from.count; ++i) {
      append(from.text.substr(order[i], context), part);
      const std::string_view next = from.text.substr(order[i] + 1, context);
      for (const char each : next.substr(context - part.labels_each)) part.labels.push_back(words_(each));
    }
    return part;
  }

 private:
  void append(std::string_view shown, image_table& part) const {
    if (options_.encoding == character_encoding::index) {
      for (const char each : shown) part.values.push_back(static_cast<float>(words_(each)));
      return;
    }
    const std::size_t begin = part.pixels.size();
    part.pixels.resize(begin + shown.size() * words_.size);
    for (std::size_t i = 0; i < shown.size(); ++i)
      part.pixels[begin + i * words_.size + words_(shown[i])] = ink;
  }

  const vocabulary& words_;
  const text_options& options_;
  std::string_view name_;
};

void check_text_size(const text_options& options, std::size_t words, std::string_view name) {
  const bool one_hot = options.encoding == character_encoding::one_hot;
  const std::uint64_t each = options.context * (one_hot ? words : sizeof(float)) + labels_each(options);
  const std::uint64_t most = most_dataset_bytes() / each;
  if (options.train <= most && options.validation <= most - options.train &&
      options.test <= most - options.train - options.validation) {
    return;
  }
  throw data_error(fmt::format("{}: {} + {} + {} examples are more than the {} that fit in a data set here{}",
                               name, options.train, options.validation, options.test, most,
                               one_hot ? "; encoding: index takes less" : ""));
}

}  // namespace

dataset_content make_text(std::string_view text, const text_options& options, std::string_view name) {
  const vocabulary words(text);
  if (words.size < 2) {
    throw data_error(fmt::format("{}: holds {} different characters, expected at least 2", name, words.size));
  }
  if (text.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw data_error(fmt::format("{}: is {} bytes long, expected less than 4 GiB", name, text.size()));
  }
  check_text_size(options, words.size, name);
  const std::size_t tenth = text.size() / 10, trained = text.size() - 2 * tenth;
  const example_taker taker(words, options, name);
  dataset_content data;
  data.name = "text";
  data.classes = words.size;
  data.shape = {options.context};
  if (options.encoding == character_encoding::one_hot) data.shape.push_back(words.size);
  data.train = taker.take({text.substr(0, trained), "train", options.train, item_seed(options.seed, 0)});
  data.validation =
      taker.take({text.substr(trained, tenth), "validation", options.validation, item_seed(options.seed, 1)});
  data.test = taker.take({text.substr(trained + tenth), "test", options.test, item_seed(options.seed, 2)});
  return data;
}

dataset_content load_text(const std::filesystem::path& file, const text_options& options) {
  const std::vector<std::byte> bytes = read_file(file, most_dataset_bytes());
  return make_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, options, file.string());
}

}  // namespace ravine
