#pragma once
// The compiler's messages then name the author's file and line, and not those of a macro.
#pragma GCC system_header

/// The macros that make a file a plugin. They check first that Ravine can call what the author wrote: a hook
/// that is declared otherwise, or under a name that is nearly right, would be ignored.

/// Makes the file a plugin with this optimizer.
#define RAVINE_OPTIMIZER(author)                                                                       \
  RAVINE_CHECK_COMPONENT(author)                                                                       \
  static_assert(::ravine::detail::step_fits<author>,                                                   \
                "the optimizer needs: template <class T> void step(ravine::step<T, itself> s) const"); \
  static_assert(::ravine::detail::init_fits<author>,                                                   \
                "init is misnamed, or can't be called; expected: "                                     \
                "template <class T> void init(ravine::step<T, itself> s) const");                      \
  static_assert(::ravine::detail::gradient_point_fits<author>,                                         \
                "gradient_point is misnamed, or can't be called; expected: template <class T> "        \
                "bool gradient_point(ravine::step<T, itself> s, std::span<T> point) const");           \
  static_assert(::ravine::detail::evaluation_point_fits<author>,                                       \
                "evaluation_point is misnamed, or can't be called; expected: template <class T> "      \
                "bool evaluation_point(ravine::step<T, itself> s, std::span<T> point) const");         \
  static_assert(::ravine::detail::state_fits<author>,                                                  \
                "state is misnamed or misdeclared; expected: static constexpr auto state = "           \
                "ravine::per_parameter(\"m\", ...), or void state(ravine::state_list& list) const");   \
  RAVINE_PLUGIN(::ravine::detail::optimizer_component<author>)

/// Makes the file a plugin with this scheduler.
#define RAVINE_SCHEDULER(author)                                                              \
  RAVINE_CHECK_COMPONENT(author)                                                              \
  static_assert(::ravine::detail::value_fits<author>,                                         \
                "the scheduler needs: double value(ravine::schedule_point<itself> s) const"); \
  static_assert(::ravine::detail::observe_fits<author>,                                       \
                "observe is misnamed, or can't be called; expected: "                         \
                "void observe(ravine::schedule_memory<itself> memory, double metric) const"); \
  static_assert(::ravine::detail::scalars_fit<author>,                                        \
                "state is misnamed or misdeclared; expected: static constexpr auto state = "  \
                "ravine::scalars(\"best\", ...)");                                            \
  RAVINE_PLUGIN(::ravine::detail::scheduler_component<author>)

/// Makes the file a plugin with this model: a class template over the element type.
#define RAVINE_MODEL(author)                                                                           \
  RAVINE_CHECK_COMPONENT(author<double>, ::ravine::data_spec)                                          \
  static_assert(::ravine::detail::layout_fits<author>,                                                 \
                "the model needs: void layout(ravine::layout_builder& tensors) const");                \
  static_assert(::ravine::detail::start_fits<author>,                                                  \
                "the model needs: void init(std::uint64_t seed, std::span<T> params) const");          \
  static_assert(::ravine::detail::loss_gradient_fits<author>,                                          \
                "the model needs: double loss_gradient(std::span<const T> params, "                    \
                "const ravine::batch<T>& b, std::span<T> grads)");                                     \
  static_assert(::ravine::detail::predict_fits<author>,                                                \
                "the model needs: void predict(std::span<const T> params, const ravine::batch<T>& b, " \
                "std::span<T> scores)");                                                               \
  static_assert(::ravine::detail::metrics_fit<author>,                                                 \
                "metrics of its own need both of: std::vector<std::string> metrics() const, and "      \
                "void measure(std::span<const T> params, const ravine::batch<T>& b, "                  \
                "std::span<const T> scores, std::span<double> values)");                               \
  RAVINE_PLUGIN(::ravine::detail::model_component<author>)

/// Makes the file a plugin with this landscape.
#define RAVINE_LANDSCAPE(author)                                                                 \
  RAVINE_CHECK_COMPONENT(author)                                                                 \
  static_assert(::ravine::detail::facts_fit<author>,                                             \
                "the landscape needs: ravine::landscape_facts facts() const");                   \
  static_assert(::ravine::detail::loss_gradient_of_point_fits<author>,                           \
                "the landscape needs: template <class T> T loss_gradient(std::span<const T> x, " \
                "std::span<T> g) const");                                                        \
  static_assert(::ravine::detail::named_coordinates_fit<author>,                                 \
                "layout can't be called; expected: "                                             \
                "void layout(ravine::layout_builder& tensors) const");                           \
  RAVINE_PLUGIN(::ravine::detail::landscape_component<author>)

/// What all kinds have; what follows the author's type are the types that its constructor takes besides.
#define RAVINE_CHECK_COMPONENT(...)                                                                       \
  static_assert(::ravine::detail::about_fits<__VA_ARGS__>,                                                \
                "the component needs: static constexpr ravine::about about{\"id\", \"summary\"};");       \
  static_assert(::ravine::detail::hyper_fits<__VA_ARGS__>,                                                \
                "hyper is misnamed or misdeclared; expected: static constexpr auto hyper = "              \
                "ravine::hyperparameters(ravine::real(\"lr\", 0.1), ...)");                               \
  static_assert(::ravine::detail::constructor_fits<__VA_ARGS__>,                                          \
                "the component needs a default constructor, or one from ravine::config<itself> and, for " \
                "a model, const ravine::data_spec&");

/// The plugin's entry: RAVINE_PLUGIN(component, ...) with rv_component objects of static storage.
#define RAVINE_PLUGIN(...)                                                                \
  extern "C" RV_EXPORT const rv_plugin* ravine_plugin_v1(const rv_host* host) {           \
    static constexpr rv_plugin described =                                                \
        ::ravine::detail::describe_plugin(::ravine::detail::component_list<__VA_ARGS__>); \
    return ::ravine::detail::works_with(described, *host) ? &described : nullptr;         \
  }
