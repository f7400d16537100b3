// Momentum that uses what differs between standard libraries: strings, vectors, exceptions, type information
// and a static with a destructor. None of it may cross into the program, which has another library.
#include <ravine/optimizer.hpp>

#include <map>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

namespace {

struct visitor {
  static constexpr ravine::about about{"visitor", "Momentum built by another compiler"};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::real("lr", 0.01).above(0).log().search(1e-4, 1).doc("learning rate"),
                              ravine::real("beta", 0.9).at_least(0).below(1).doc("decay of v"));
  static constexpr auto state = ravine::per_parameter("v");
  static constexpr bool elementwise = true;

  explicit visitor(ravine::config<visitor> c) {
    if (c["lr"] > 1e6) throw ravine::bad_config("lr is " + std::to_string(c["lr"]) + ", 1000000 at most");
  }

  template <class T>
  void step(ravine::step<T, visitor> s) const {
    const T lr = s["lr"];
    const T beta = s["beta"];
    if (catch_one() != "caught std::runtime_error") throw std::logic_error("exceptions do not work here");
    s.for_each([=](T& p, T g, T& v) {
      v = beta * v + g;
      p -= lr * v;
    });
  }

 private:
  static std::string catch_one() {
    static const std::map<std::string, std::string> names{
        {typeid(std::runtime_error).name(), "std::runtime_error"}};
    try {
      throw std::runtime_error(std::string(100, 'x'));
    } catch (const std::exception& problem) {
      return "caught " + names.at(typeid(problem).name());
    }
  }
};

}  // namespace

RAVINE_OPTIMIZER(visitor)
