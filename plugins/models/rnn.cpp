#include <ravine/layers.hpp>
#include <ravine/model.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace {

namespace layers = ravine::layers;

ravine::recurrent_cell cell_named(std::string_view name) {
  return name == "lstm"  ? ravine::recurrent_cell::lstm
         : name == "gru" ? ravine::recurrent_cell::gru
                         : ravine::recurrent_cell::simple;
}

template <class T>
class rnn {
 public:
  static constexpr ravine::about about{
      "rnn", "Recurrent network over characters or the rows of an image",
      "Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; Cho et al. 2014, arXiv:1406.1078",
      "The rows of an image, from top to bottom, enter recurrent layers one after another; a dense layer\n"
      "makes class scores of the last layer's output after the last row, and the loss is mean\n"
      "cross-entropy. Characters, numbers below that of the classes, enter as rows of an embedding with\n"
      "`hidden` columns; where each has a label, each has scores.\n"
      "simple: h = tanh(x W + b + h U + c). gru and lstm have the gates, order of gates and both biases of\n"
      "PyTorch's nn.GRU and nn.LSTM. All starts as it does there: even over\n"
      "+-1 / sqrt(hidden), the embedding normal."};
  static constexpr bool several_labels = true;
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::choice("cell", {"lstm", "gru", "simple"}).doc("what a unit computes from position to position"),
      ravine::integer("hidden", 128).at_least(1).at_most(65536).doc("units of each layer"),
      ravine::integer("layers", 1).at_least(1).at_most(64).doc("recurrent layers, one on another"),
      ravine::real("dropout", 0)
          .at_least(0)
          .below(1)
          .search(0, 0.7)
          .doc("share of units left out of a batch between layers and before the last"));

  rnn(ravine::config<rnn> c, const ravine::data_spec& data) : net_(data) {
    ravine::variable x = entered(data, c.count("hidden"));
    for (std::size_t i = 0; i < c.count("layers"); ++i) {
      if (i > 0) x = layers::dropout(net_, x, c["dropout"]);
      x = layers::recurrent(net_, x, cell_named(c.choice("cell")), c.count("hidden"),
                            "layer" + std::to_string(i));
    }
    if (data.labels() == 1) x = layers::last(net_, x);
    x = layers::dropout(net_, x, c["dropout"]);
    const auto start = ravine::start_values::by_fan_in(x.columns);
    net_.classify(layers::dense(net_, x, data.classes(), "output", start, start));
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
  /// Rows of numbers; examples of one dimension are characters.
  ravine::variable entered(const ravine::data_spec& data, std::size_t columns) {
    if (data.shape().size() > 1) return layers::image_rows(net_, data);
    return layers::embedding(net_, layers::characters(net_, data), data.classes(), columns, "character", 1);
  }

  ravine::tape<T> net_;
};

}  // namespace

RAVINE_MODEL(rnn)
