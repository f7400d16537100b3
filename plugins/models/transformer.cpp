#include <ravine/layers.hpp>
#include <ravine/model.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace {

namespace layers = ravine::layers;

template <class T>
class transformer {
 public:
  static constexpr ravine::about about{
      "transformer", "Transformer over characters, or over patches of an image as ViT",
      "Vaswani et al. 2017, arXiv:1706.03762; Dosovitskiy et al. 2021, arXiv:2010.11929",
      "Square patches of an image enter by a dense layer, and each gets the learned vector of its\n"
      "place. A block is self-attention and then two dense layers with gelu between them, each with a\n"
      "connection past it. pre: x + f(norm(x)), and a norm at the end (Xiong et al. 2020,\n"
      "arXiv:2002.04745); post: norm(x + f(x)), which needs warm-up. A dense layer makes class scores\n"
      "of the mean of all patches, or of the class token. Characters, numbers below that of the classes,\n"
      "enter as rows of an embedding, and see those before them alone (causal mask); where each has a\n"
      "label, each has scores, else the last. Dropout, as in ViT, follows the places and\n"
      "each dense layer of a block but queries, keys and values. Matrices start even after Glorot 2010,\n"
      "biases at 0, embeddings normal with standard deviation 0.02. PyTorch's\n"
      "nn.TransformerEncoderLayer starts the two dense layers even over +-1 / sqrt(inputs), biases\n"
      "included."};
  static constexpr bool several_labels = true;
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer("patch", 4).at_least(1).at_most(4096).doc("height and width of a patch, in pixels"),
      ravine::integer("width", 64).at_least(1).at_most(65536).doc("columns of a patch between blocks"),
      ravine::integer("heads", 4).at_least(1).at_most(4096).doc("of attention; they divide the width"),
      ravine::integer("layers", 2).at_least(0).at_most(256).doc("blocks"),
      ravine::integer("hidden", 0)
          .at_least(0)
          .at_most(65536)
          .doc("units between a block's dense layers; 0: 4 width"),
      ravine::choice("norm", {"pre", "post"}).doc("where layers are normalised"),
      ravine::choice("pooling", {"mean", "class_token"}).doc("what the class scores are made of"),
      ravine::real("dropout", 0)
          .at_least(0)
          .below(1)
          .search(0, 0.5)
          .doc("share of elements left out of a batch"));

  transformer(ravine::config<transformer> c, const ravine::data_spec& data)
      : pre_(c.choice("norm") == "pre"), dropout_(c["dropout"]), net_(data, 32) {
    const std::size_t width = c.count("width"),
                      hidden = c.count("hidden") > 0 ? c.count("hidden") : 4 * width;
    const bool token = c.choice("pooling") == "class_token", of_characters = data.shape().size() == 1;
    check(data, token);
    const auto mask = of_characters ? ravine::attention_mask::causal : ravine::attention_mask::none;
    ravine::variable x =
        of_characters
            ? layers::embedding(net_, layers::characters(net_, data), data.classes(), width, "character")
            : dense(layers::image_patches(net_, data, c.count("patch")), width, "patch");
    if (token) x = layers::prepend(net_, x, "class_token");
    x = layers::dropout(net_, layers::add_positions(net_, x, "place"), dropout_);
    for (std::size_t i = 0; i < c.count("layers"); ++i) {
      const std::string block = "block" + std::to_string(i);
      x = past(x, block + ".norm0", [&](const ravine::variable& in) {
        return layers::attention(net_, in, c.count("heads"), block + ".attention", mask);
      });
      x = past(x, block + ".norm1", [&](const ravine::variable& in) {
        const auto between =
            layers::activation(net_, dense(in, hidden, block + ".hidden"), ravine::activation_function::gelu);
        return dense(layers::dropout(net_, between, dropout_), width, block + ".output");
      });
    }
    if (pre_) x = layers::layer_norm(net_, x, "norm");
    if (data.labels() == 1) {  // the last character alone has seen all
      x = of_characters ? layers::last(net_, x) : token ? layers::at(net_, x, 0) : layers::mean(net_, x);
    }
    net_.classify(dense(x, data.classes(), "output"));
  }

  void layout(ravine::layout_builder& tensors) const { net_.layout(tensors); }
  void init(std::uint64_t seed, std::span<T> params) const { net_.init(seed, params); }
  double loss_gradient(std::span<const T> params, const ravine::batch<T>& b, std::span<T> grads) {
    return net_.loss_gradient(params, b, grads);
  }
  void predict(std::span<const T> params, const ravine::batch<T>& b, std::span<T> scores) {
    net_.predict(params, b, scores);
  }

 private:
  ravine::variable dense(const ravine::variable& x, std::size_t outputs, const std::string& name) {
    return layers::dense(net_, x, outputs, name, ravine::start_values::glorot(x.columns, outputs));
  }

  static void check(const ravine::data_spec& data, bool token) {
    const bool of_characters = data.shape().size() == 1;
    if (token && of_characters)
      throw ravine::bad_config(
          "class_token is for images, and the examples are characters: leave out pooling");
    if (data.labels() > 1 && !of_characters) {
      throw ravine::bad_config("a label at each position needs characters as numbers, but examples have " +
                               std::to_string(data.shape().size()) +
                               " dimensions: leave out `encoding: one_hot` of the data");
    }
  }

  /// x plus what `inner` makes of it, normalised before or after.
  template <class Inner>
  ravine::variable past(const ravine::variable& x, const std::string& norm, Inner inner) {
    const ravine::variable in = pre_ ? layers::layer_norm(net_, x, norm) : x;
    const ravine::variable sum = layers::sum(net_, x, layers::dropout(net_, inner(in), dropout_));
    return pre_ ? sum : layers::layer_norm(net_, sum, norm);
  }

  bool pre_;
  double dropout_;
  ravine::tape<T> net_;
};

}  // namespace

RAVINE_MODEL(transformer)
