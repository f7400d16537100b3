#pragma once

#include "data/dataset_content.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace ravine {

enum class character_encoding : std::uint8_t {
  one_hot,  ///< shape {context, vocabulary}: 1 at the character, 0 elsewhere
  index     ///< shape {context}: the character's number, from 0
};

enum class label_places : std::uint8_t {
  each,  ///< a label for each character that is shown: the one after it
  last   ///< one, for the last
};

struct text_options {
  std::size_t context = 64;  ///< characters that an example shows, at least 1
  character_encoding encoding = character_encoding::index;
  label_places labels = label_places::each;
  std::size_t train = 20'000;      ///< examples, at least 1
  std::size_t validation = 2'000;  ///< examples, may be 0
  std::size_t test = 2'000;        ///< examples, at least 1
  std::uint64_t seed = 1;          ///< of the places from which they are taken
};

/// Predicting the next character: an example is `context` characters of a text, its classes those that
/// follow each of them. Characters are bytes; the vocabulary, in order, is those that occur. The first 80 %
/// of the text are trained on, the next 10 % are for validation and the last 10 % for the test; within each,
/// places are drawn without repetition. `name` of the file stands in messages. Throws data_error when the
/// text is too short.
dataset_content make_text(std::string_view text, const text_options& options, std::string_view name);

dataset_content load_text(const std::filesystem::path& file, const text_options& options);

}  // namespace ravine
