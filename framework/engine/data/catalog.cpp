#include "data/catalog.hpp"

#include "data/digits.hpp"
#include "data/idx_source.hpp"
#include "data/mnist.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ravine {
namespace {

const std::vector<data_source>& sources() {
  static const std::vector<data_source> all{
      {"mnist",
       "60,000 + 10,000 handwritten digits, 28 x 28 (LeCun, Cortes & Burges); ravine data fetch mnist",
       {{"validation", "training images set apart for validation", std::int64_t{10'000}},
        {"train", "training images to keep of the rest; 0: all", std::int64_t{0}}}},
      {"digits",
       "drawn digits, 28 x 28, that need no files",
       {{"train", "images to train on", std::int64_t{10'000}, 1},
        {"validation", "images for validation", std::int64_t{2'000}},
        {"test", "images to test with", std::int64_t{2'000}, 1},
        {"seed", "another seed draws other images of the same kind", std::int64_t{1}}}},
      {"idx",
       "any four IDX files of images and labels, raw or gzip",
       {{"train_images", "file of images to train on", std::string()},
        {"train_labels", "file of their labels", std::string()},
        {"test_images", "file of images to test with", std::string()},
        {"test_labels", "file of their labels", std::string()},
        {"classes", "number of classes; labels are 0 to classes - 1", std::int64_t{10}, 2},
        {"validation", "training images set apart for validation", std::int64_t{0}},
        {"train", "training images to keep of the rest; 0: all", std::int64_t{0}}}},
  };
  return all;
}

/// The options of a request, completed and checked.
class checked_options {
 public:
  checked_options(const data_source& source, const settings& given) {
    for (const data_option& each : source.options) values_[each.name] = each.default_value;
    for (const auto& [name, value] : given) {
      const data_option* const known = source.find_option(name);
      if (known == nullptr) throw data_error(fmt::format("{}: there is no option {}", source.name, name));
      values_[name] = known->check(value);
    }
  }

  std::uint64_t number(const char* name) const {
    return static_cast<std::uint64_t>(std::get<std::int64_t>(values_.at(name)));
  }
  const std::string& text(const char* name) const { return std::get<std::string>(values_.at(name)); }
  split_sizes split() const { return {number("validation"), number("train")}; }

 private:
  settings values_;
};

}  // namespace

setting data_option::check(const setting& value) const {
  const bool is_number = std::holds_alternative<std::int64_t>(default_value);
  if (is_number) {
    const auto* const number = std::get_if<std::int64_t>(&value);
    if (number != nullptr && *number >= minimum) return value;
    throw data_error(
        fmt::format("{}: found {}, expected a whole number of at least {}", name, to_string(value), minimum));
  }
  const auto* const text = std::get_if<std::string>(&value);
  if (text != nullptr && !text->empty()) return value;
  throw data_error(fmt::format("{}: found {}, expected text", name, to_string(value)));
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
  const checked_options options(*source, request.with);
  if (source->name == "mnist") return load_mnist(options.split());
  if (source->name == "digits") {
    return make_digits({options.number("train"), options.number("validation"), options.number("test"),
                        options.number("seed")});
  }
  return load_idx({options.text("train_images"), options.text("train_labels"), options.text("test_images"),
                   options.text("test_labels"), options.number("classes")},
                  options.split());
}

}  // namespace ravine
