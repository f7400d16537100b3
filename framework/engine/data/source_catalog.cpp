#include "data/cifar.hpp"
#include "data/data_error.hpp"
#include "data/data_source.hpp"
#include "data/digits.hpp"
#include "data/emnist.hpp"
#include "data/idx_source.hpp"
#include "data/image_options.hpp"
#include "data/patches.hpp"
#include "data/published.hpp"
#include "data/table_source.hpp"
#include "data/text_source.hpp"
#include "data/zipf.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::int64_t most_digits = 1'000'000;    // of a part: 784 MB
constexpr std::int64_t most_listed_classes = 256;  // labels are bytes
constexpr const char* no_file = "none";

std::uint64_t number(const settings& with, const char* option) {
  return static_cast<std::uint64_t>(std::get<std::int64_t>(with.at(option)));
}

const std::string& text(const settings& with, const char* option) {
  return std::get<std::string>(with.at(option));
}

split_sizes split(const settings& with) {
  return {number(with, "validation"), number(with, "train"), 0, number(with, "split_seed")};
}

dataset_content prepared(dataset_content images, const settings& with) {
  const std::uint64_t most = std::min(images.shape.back(), images.shape[images.shape.size() - 2]) - 1;
  if (number(with, "shift") > most) {
    throw data_error(
        fmt::format("{}: shift: found {}, expected at most {}, one less than an image has pixels",
                    images.name, number(with, "shift"), most));
  }
  image_options wanted;
  wanted.standardize = std::get<bool>(with.at("standardize"));
  wanted.augment.shift = number(with, "shift");
  wanted.augment.flip = std::get<bool>(with.at("flip"));
  wanted.augment.crop = std::get<double>(with.at("crop"));
  if (wanted.augment.crop >= 1)
    throw data_error(images.name + ": crop: found 1, expected less: nothing would be left");
  prepare_images(images, wanted);
  return images;
}

data_option later(data_option option) {
  option.is_later = true;
  return option;
}

/// What sources of images have in common, after the options of their own.
std::vector<data_option> with_image_options(std::vector<data_option> own) {
  own.insert(
      own.end(),
      {later({"standardize", "gives each channel mean 0 and standard deviation 1 over the training part",
              false}),
       later(
           {"shift", "in training, moves images by up to so many pixels in each direction", std::int64_t{0}}),
       later({"flip", "in training, mirrors every other image from left to right", false}),
       later({"crop", "in training, cuts off up to this share of rows and columns and enlarges the rest", 0.0,
              0, 1})});
  return own;
}

data_option split_seed_option() {
  return later(
      {"split_seed", "another seed sets other examples aside", static_cast<std::int64_t>(split_seed)});
}

template <std::size_t Which>
dataset_content load_published_source(const settings& with) {
  return prepared(load_published(published_datasets()[Which], split(with)), with);
}

data_source published_source(const std::string& name, const std::string& summary,
                             dataset_content (*decode)(const settings&), std::vector<data_option> own = {}) {
  own.insert(own.end(), {{"validation", "training images set aside for validation", std::int64_t{10'000}},
                         {"train", "training images to keep of the rest; 0: all", std::int64_t{0}},
                         split_seed_option()});
  return {name, summary, with_image_options(std::move(own)), decode};
}

template <std::size_t Which>
data_source published_idx_source() {
  const published_dataset& set = published_datasets()[Which];
  return published_source(set.name, set.summary, &load_published_source<Which>);
}

dataset_content load_cifar10_source(const settings& with) {
  return prepared(load_cifar10(split(with)), with);
}

dataset_content load_emnist_source(const settings& with) {
  return prepared(load_emnist(emnist_collection_named(text(with, "collection")), split(with)), with);
}

dataset_content load_digits_source(const settings& with) {
  return prepared(make_digits({number(with, "train"), number(with, "validation"), number(with, "test"),
                               number(with, "seed")}),
                  with);
}

dataset_content load_patches_source(const settings& with) {
  return prepared(make_patches({number(with, "train"), number(with, "validation"), number(with, "test"),
                                number(with, "seed")},
                               number(with, "side")),
                  with);
}

dataset_content load_idx_source(const settings& with) {
  const idx_files files{text(with, "train_images"), text(with, "train_labels"), text(with, "test_images"),
                        text(with, "test_labels")};
  return prepared(
      make_idx_dataset(files, read_idx_files(files), {"idx", number(with, "classes"), split(with)}), with);
}

/// A file that may be left out.
std::filesystem::path optional_file(const settings& with, const char* option) {
  return text(with, option) == no_file ? std::filesystem::path() : std::filesystem::path(text(with, option));
}

learning_task task(const settings& with) {
  return text(with, "task") == "regression" ? learning_task::regression : learning_task::classification;
}

table_parts parts(const settings& with) {
  return {
      {number(with, "validation"), number(with, "train"), number(with, "test"), number(with, "split_seed")},
      std::get<bool>(with.at("standardize")) ? standardization::on : standardization::off,
      task(with)};
}

dataset_content load_npy_source(const settings& with) {
  const npy_files files{text(with, "features"), text(with, "labels"), optional_file(with, "test_features"),
                        optional_file(with, "test_labels")};
  if (files.test_features.empty() != files.test_labels.empty()) {
    throw data_error("npy: found one of test_features and test_labels; expected both, or neither");
  }
  return load_npy(files, parts(with));
}

dataset_content load_csv_source(const settings& with) {
  const std::string& header = text(with, "header");
  const std::string& separator = text(with, "separator");
  const csv_options options{text(with, "target"),
                            header == "detect"    ? csv_header::detect
                            : header == "present" ? csv_header::present
                                                  : csv_header::absent,
                            separator == "comma"       ? ','
                            : separator == "semicolon" ? ';'
                                                       : '\t',
                            task(with)};
  return load_csv({text(with, "file"), optional_file(with, "test_file")}, options, parts(with));
}

dataset_content load_zipf_source(const settings& with) {
  return make_zipf({number(with, "classes"), number(with, "features"), number(with, "train"),
                    number(with, "validation"), number(with, "test"), number(with, "seed"),
                    std::get<double>(with.at("exponent")), std::get<double>(with.at("mean"))});
}

dataset_content load_text_source(const settings& with) {
  return load_text(
      text(with, "file"),
      {number(with, "context"),
       text(with, "encoding") == "index" ? character_encoding::index : character_encoding::one_hot,
       text(with, "labels") == "each" ? label_places::each : label_places::last, number(with, "train"),
       number(with, "validation"), number(with, "test"), number(with, "seed")});
}

/// What tables of features have in common, after the options of their own.
std::vector<data_option> with_parts(std::vector<data_option> own) {
  own.insert(own.end(),
             {{"test", "examples set aside to test on; 0: a fifth, or all of the file for the test",
               std::int64_t{0}},
              {"validation", "examples set aside for validation", std::int64_t{0}},
              {"train", "examples to keep of the rest; 0: all", std::int64_t{0}},
              {"split_seed", "another seed sets other examples aside", static_cast<std::int64_t>(split_seed)},
              {"standardize",
               "gives each feature, and the target of a regression, mean 0 and standard deviation 1 over the "
               "training "
               "part",
               false},
              later({"task",
                     "whether targets name classes, or are numbers to predict",
                     std::string("classification"),
                     0,
                     0,
                     {"classification", "regression"}})});
  return own;
}

const std::vector<data_source>& sources() {
  static const std::vector<data_source> all{
      published_idx_source<0>(),
      published_idx_source<1>(),
      published_idx_source<2>(),
      published_source(
          "emnist",
          "handwritten letters, 124,800 + 20,800, or with digits, 112,800 + 18,800, 28 x 28 (Cohen et al. "
          "2017); ravine data fetch emnist",
          &load_emnist_source,
          {{"collection",
            "letters (26 classes) or balanced (47)",
            std::string("letters"),
            0,
            0,
            {"letters", "balanced"}}}),
      published_source(
          "cifar10",
          "50,000 + 10,000 colour images of ten kinds of things, 3 x 32 x 32 (Krizhevsky 2009); ravine data "
          "fetch cifar10",
          &load_cifar10_source),
      {"digits", "generated images of digits, 28 x 28; needs no files",
       with_image_options({{"train", "images to train on", std::int64_t{10'000}, 1, most_digits},
                           {"validation", "images for validation", std::int64_t{2'000}, 0, most_digits},
                           {"test", "images to test on", std::int64_t{2'000}, 1, most_digits},
                           {"seed", "another seed draws other images of the same kind", std::int64_t{1}}}),
       &load_digits_source},
      {"patches", "square parts of generated digits, at random places: smaller and harder; needs no files",
       with_image_options({{"side", "pixels of a side", std::int64_t{14}, 2, 28},
                           {"train", "images to train on", std::int64_t{10'000}, 1, most_digits},
                           {"validation", "images for validation", std::int64_t{2'000}, 0, most_digits},
                           {"test", "images to test on", std::int64_t{2'000}, 1, most_digits},
                           {"seed", "another seed draws other images of the same kind", std::int64_t{1}}}),
       &load_patches_source},
      {"idx", "any four IDX files of images and labels, raw or gzip",
       with_image_options({{"train_images", "file of images to train on", std::string()},
                           {"train_labels", "file of their labels", std::string()},
                           {"test_images", "file of images to test on", std::string()},
                           {"test_labels", "file of their labels", std::string()},
                           {"classes", "number of classes; labels are 0 to classes - 1", std::int64_t{10}, 2,
                            most_listed_classes},
                           {"validation", "training images set aside for validation", std::int64_t{0}},
                           {"train", "training images to keep of the rest; 0: all", std::int64_t{0}},
                           split_seed_option()}),
       &load_idx_source},
      {"npy", "your own arrays: .npy files of features, a row for each example, and of labels or numbers",
       with_parts(
           {{"features", "file of the features; uint8 is taken for pixels, 0 to 255", std::string()},
            {"labels", "file of their labels, whole numbers from 0, or of the numbers to predict",
             std::string()},
            {"test_features", "file of features to test on; none: test is split off", std::string(no_file)},
            {"test_labels", "file of their labels", std::string(no_file)}}),
       &load_npy_source},
      {"csv",
       "your own table: text with a line for each example, and a column that names its class, or is the "
       "number "
       "to predict",
       with_parts(
           {{"file", "file of the table", std::string()},
            {"target", "column of the classes, or numbers: its name, its number from 1, or last",
             std::string("last")},
            {"header",
             "whether the first line names the columns",
             std::string("detect"),
             0,
             0,
             {"detect", "present", "absent"}},
            {"separator",
             "what is between fields",
             std::string("comma"),
             0,
             0,
             {"comma", "semicolon", "tab"}},
            {"test_file", "file of a table to test on; none: test is split off", std::string(no_file)}}),
       &load_csv_source},
      {"text",
       "characters of a text file: predict the next one from those before it",
       {{"file", "file of the text; its last fifth is for validation and test", std::string()},
        {"context", "characters that an example shows", std::int64_t{64}, 1, 1024},
        {"encoding",
         "index: numbers, shape {context}; one_hot: shape {context, vocabulary}",
         std::string("index"),
         0,
         0,
         {"index", "one_hot"}},
        {"labels",
         "each: the character after each one; last: that after the last alone, for models of one label",
         std::string("each"),
         0,
         0,
         {"each", "last"}},
        {"train", "examples to train on", std::int64_t{20'000}, 1},
        {"validation", "examples for validation", std::int64_t{2'000}},
        {"test", "examples to test on", std::int64_t{2'000}, 1},
        {"seed", "another seed takes examples from other places", std::int64_t{1}}},
       &load_text_source},
      {"zipf",
       "drawn classes as frequent as words, on which gradient descent falls behind Adam (Kunstner et al. "
       "2024)",
       {{"classes", "number of classes", std::int64_t{100}, 2, most_listed_classes},
        {"features", "of an example", std::int64_t{64}, 1, 65'536},
        {"train", "examples to train on", std::int64_t{10'000}, 1, most_digits},
        {"validation", "examples for validation", std::int64_t{2'000}, 0, most_digits},
        {"test", "examples to test on", std::int64_t{2'000}, 1, most_digits},
        {"seed", "another seed draws other classes and examples", std::int64_t{1}},
        {"exponent", "class k has frequency k^-exponent; 0: balanced", 1.0, 0, 10},
        {"mean", "of every feature; 0 takes the difficulty away", 1.0, 0, 100}},
       &load_zipf_source},
  };
  return all;
}

}  // namespace

std::span<const data_source> data_sources() { return sources(); }

}  // namespace ravine
