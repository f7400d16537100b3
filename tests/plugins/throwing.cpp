// An optimizer that throws, where and what its hyperparameters say.
#include <ravine/optimizer.hpp>

#include <new>
#include <stdexcept>

namespace {

struct throwing {
  static constexpr ravine::about about{"throwing", "Throws"};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer("negative", -3).doc("read as a size"),
      ravine::choice("where", {"nowhere", "create", "init", "step"}).doc("the call that throws"),
      ravine::choice("what",
                     {"exception", "bad_config", "bad_alloc", "number", "state_name", "negative_count"})
          .doc("what it throws"));

  explicit throwing(ravine::config<throwing> c) : where(c.choice("where")), what(c.choice("what")) {
    if (what == "negative_count") c.count("negative");
    throw_at("create");
  }
  template <class T>
  void init(ravine::step<T, throwing>) const {
    throw_at("init");
  }
  template <class T>
  void step(ravine::step<T, throwing> s) const {
    if (what == "state_name") s.state("m");
    throw_at("step");
  }

  void throw_at(std::string_view place) const {
    if (where != place) return;
    if (what == "exception") throw std::runtime_error("thrown on purpose");
    if (what == "bad_config") throw ravine::bad_config("refused on purpose");
    if (what == "bad_alloc") throw std::bad_alloc();
    throw 42;
  }

  std::string_view where;
  std::string_view what;
};

}  // namespace

RAVINE_OPTIMIZER(throwing)
