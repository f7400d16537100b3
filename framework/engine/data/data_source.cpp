#include "data/data_source.hpp"

#include "data/apart.hpp"
#include "data/digits.hpp"
#include "data/idx_source.hpp"
#include "data/published.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::int64_t most_digits = 1'000'000;  // of a part: 784 MB
constexpr std::int64_t most_classes = 256;       // labels are bytes

std::uint64_t number(const settings& with, const char* option) {
  return static_cast<std::uint64_t>(std::get<std::int64_t>(with.at(option)));
}

const std::string& text(const settings& with, const char* option) {
  return std::get<std::string>(with.at(option));
}

split_sizes split(const settings& with) { return {number(with, "validation"), number(with, "train")}; }

template <std::size_t Which>
dataset_content load_published_source(const settings& with) {
  return load_published(published_datasets()[Which], split(with));
}

data_source published_source(const published_dataset& set, dataset_content (*decode)(const settings&)) {
  return {set.name,
          set.summary,
          {{"validation", "training images set aside for validation", std::int64_t{10'000}},
           {"train", "training images to keep of the rest; 0: all", std::int64_t{0}}},
          decode};
}

dataset_content load_digits_source(const settings& with) {
  return make_digits(
      {number(with, "train"), number(with, "validation"), number(with, "test"), number(with, "seed")});
}

dataset_content load_idx_source(const settings& with) {
  const idx_files files{text(with, "train_images"), text(with, "train_labels"), text(with, "test_images"),
                        text(with, "test_labels")};
  return make_idx_dataset(files, read_idx_files(files), {"idx", number(with, "classes"), split(with)});
}

const std::vector<data_source>& sources() {
  static const std::vector<data_source> all{
      published_source(published_datasets()[0], &load_published_source<0>),
      published_source(published_datasets()[1], &load_published_source<1>),
      published_source(published_datasets()[2], &load_published_source<2>),
      {"digits",
       "generated images of digits, 28 x 28; needs no files",
       {{"train", "images to train on", std::int64_t{10'000}, 1, most_digits},
        {"validation", "images for validation", std::int64_t{2'000}, 0, most_digits},
        {"test", "images to test on", std::int64_t{2'000}, 1, most_digits},
        {"seed", "another seed draws other images of the same kind", std::int64_t{1}}},
       &load_digits_source},
      {"idx",
       "any four IDX files of images and labels, raw or gzip",
       {{"train_images", "file of images to train on", std::string()},
        {"train_labels", "file of their labels", std::string()},
        {"test_images", "file of images to test on", std::string()},
        {"test_labels", "file of their labels", std::string()},
        {"classes", "number of classes; labels are 0 to classes - 1", std::int64_t{10}, 2, most_classes},
        {"validation", "training images set aside for validation", std::int64_t{0}},
        {"train", "training images to keep of the rest; 0: all", std::int64_t{0}}},
       &load_idx_source},
  };
  return all;
}

settings completed(const data_source& source, const settings& given) {
  for (const auto& [name, value] : given) {
    if (source.find_option(name) == nullptr) {
      throw data_error(fmt::format("{}: there is no option {}", source.name, name));
    }
  }
  settings all;
  for (const data_option& each : source.options) {
    const auto found = given.find(each.name);
    try {
      all[each.name] = each.check(found == given.end() ? each.default_value : found->second);
    } catch (const data_error& problem) {
      throw data_error(fmt::format("{}: {} ({})", source.name, problem.what(), each.doc));
    }
  }
  return all;
}

}  // namespace

std::string data_option::expects() const {
  if (std::holds_alternative<std::string>(default_value)) return "text";
  if (maximum == std::numeric_limits<std::int64_t>::max()) {
    return fmt::format("a whole number, at least {}", minimum);
  }
  return fmt::format("a whole number from {} to {}", minimum, maximum);
}

bool data_option::admits(const setting& value) const {
  if (const auto* const text = std::get_if<std::string>(&value)) {
    return std::holds_alternative<std::string>(default_value) && !text->empty();
  }
  const auto* const number = std::get_if<std::int64_t>(&value);
  return std::holds_alternative<std::int64_t>(default_value) && number != nullptr && *number >= minimum &&
         *number <= maximum;
}

setting data_option::check(const setting& value) const {
  if (admits(value)) return value;
  const std::string found = to_string(value);
  throw data_error(
      fmt::format("{}: found {}, expected {}", name, found.empty() ? "nothing" : found, expects()));
}

const data_option* data_source::find_option(std::string_view option) const {
  const auto found = std::ranges::find(options, option, &data_option::name);
  return found == options.end() ? nullptr : &*found;
}

std::span<const data_source> data_sources() { return sources(); }

const data_source* find_data_source(std::string_view name) {
  const auto found = std::ranges::find(sources(), name, &data_source::name);
  return found == sources().end() ? nullptr : &*found;
}

dataset load_dataset(const data_request& request) {
  const data_source* const source = find_data_source(request.use);
  if (source == nullptr) throw data_error(fmt::format("there is no data source {}", request.use));
  const settings with = completed(*source, request.with);
  return decode_apart(source->name, [&] { return source->decode(with); });
}

}  // namespace ravine
