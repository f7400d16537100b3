#include "data/cifar.hpp"
#include "data/emnist.hpp"
#include "data/published.hpp"

#include <algorithm>

namespace ravine {
namespace {

constexpr std::uint64_t train_images_size = 16 + 60'000 * 28 * 28, train_labels_size = 8 + 60'000;
constexpr std::uint64_t test_images_size = 16 + 10'000 * 28 * 28, test_labels_size = 8 + 10'000;

/// Digests of four files, in the order of published_dataset::files.
using digests = std::array<std::string_view, 4>;

std::array<data_file, 4> files(const digests& raw, const digests& packed) {
  return {{{"train-images-idx3-ubyte", train_images_size, raw[0], packed[0]},
           {"train-labels-idx1-ubyte", train_labels_size, raw[1], packed[1]},
           {"t10k-images-idx3-ubyte", test_images_size, raw[2], packed[2]},
           {"t10k-labels-idx1-ubyte", test_labels_size, raw[3], packed[3]}}};
}

published_dataset mnist() {
  return {"mnist",
          "MNIST",
          "60,000 + 10,000 handwritten digits, 28 x 28 (LeCun, Cortes & Burges); ravine data fetch mnist",
          files({"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                 "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                 "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                 "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
                {}),
          {"https://ossci-datasets.s3.amazonaws.com/mnist/",
           "https://storage.googleapis.com/cvdf-datasets/mnist/"}};
}

// Digests as in TensorFlow Datasets and torchvision's prototypes. The mean of the training pixels is
// published as 72.94035223214286 (PaddlePaddle's tests, among others): the sum is that times 47,040,000.
published_dataset fashion_mnist() {
  return {"fashion_mnist",
          "Fashion-MNIST",
          "60,000 + 10,000 images of clothes, 28 x 28 (Xiao, Rasul & Vollgraf 2017); ravine data fetch "
          "fashion_mnist",
          files({}, {"3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                     "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                     "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                     "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"}),
          {"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
           "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
           "https://fashion-mnist.s3.eu-central-1.amazonaws.com/"},
          3'431'114'169};
}

// Digests as in torchvision's prototypes and in torchvision-ruby. The second mirror is the first edition's:
// what has changed since is refused by its digest.
published_dataset kmnist() {
  return {
      "kmnist",
      "Kuzushiji-MNIST",
      "60,000 + 10,000 characters of old Japanese script, 28 x 28 (Clanuwat et al. 2018); ravine data "
      "fetch kmnist",
      files({}, {"51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
                 "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
                 "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
                 "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"}),
      {"https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "https://storage.googleapis.com/kuzushiji-mnist/"}};
}

}  // namespace

std::span<const published_dataset> published_datasets() {
  static const std::array all{mnist(), fashion_mnist(), kmnist()};
  return all;
}

std::vector<fetchable_dataset> fetchable_datasets() {
  std::vector<fetchable_dataset> all;
  for (const published_dataset& each : published_datasets())
    all.push_back({each.name, each.files, each.mirrors});
  all.push_back({"emnist", emnist_files(), emnist_mirrors()});
  all.push_back({"cifar10", cifar10_files(), cifar10_mirrors()});
  return all;
}

const published_dataset* find_published(std::string_view name) {
  const auto all = published_datasets();
  const auto found = std::ranges::find(all, name, &published_dataset::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace ravine
