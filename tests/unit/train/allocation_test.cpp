#include "unit/plugins/model_support.hpp"
#include "unit/plugins/tensor_support.hpp"
#include "unit/trial_support.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <cblas.h>
#include <gtest/gtest.h>
#include <link.h>

// No allocation while training. Every allocation of the process, and of plugins, comes through the functions
// below, which the dynamic linker prefers to the C library's. Those of OpenBLAS are left out: for some
// processors it takes small products' room from the heap. The sanitizers put theirs in that place.
#if !defined(RAVINE_SANITIZE_ADDRESS) && !defined(RAVINE_SANITIZE_THREAD)

namespace {
thread_local std::size_t allocations = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

struct code_range {
  std::uintptr_t begin = 0, end = 0;
};
code_range openblas;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

int note_openblas(dl_phdr_info* object, std::size_t, void*) {
  if (std::string_view(object->dlpi_name).find("openblas") == std::string_view::npos) return 0;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& part = object->dlpi_phdr[i];
    if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
    openblas = {object->dlpi_addr + part.p_vaddr, object->dlpi_addr + part.p_vaddr + part.p_memsz};
  }
  return 1;
}
const int found_openblas = dl_iterate_phdr(note_openblas, nullptr);

void note_allocation(const void* caller) {
  const auto at = reinterpret_cast<std::uintptr_t>(caller);
  if (at < openblas.begin || at >= openblas.end) ++allocations;
}
}  // namespace

extern "C" {
void* __libc_malloc(std::size_t);                 // NOLINT: glibc's names
void* __libc_calloc(std::size_t, std::size_t);    // NOLINT
void* __libc_realloc(void*, std::size_t);         // NOLINT
void* __libc_memalign(std::size_t, std::size_t);  // NOLINT

void* malloc(std::size_t size) noexcept {
  note_allocation(__builtin_return_address(0));
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  note_allocation(__builtin_return_address(0));
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) noexcept {
  note_allocation(__builtin_return_address(0));
  return __libc_realloc(old, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  note_allocation(__builtin_return_address(0));
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** made, std::size_t alignment, std::size_t size) noexcept {
  note_allocation(__builtin_return_address(0));
  *made = __libc_memalign(alignment, size);
  return *made == nullptr ? ENOMEM : 0;
}
}

namespace ravine {
namespace {

using testing::driven_optimizer;
using testing::model_with_batch;

/// Allocations on this thread while `body` runs.
template <class Body>
std::size_t allocations_of(Body body) {
  const std::size_t before = allocations;
  body();
  return allocations - before;
}

TEST(allocation, is_seen_in_plugins_too) {
  ASSERT_EQ(found_openblas, 1);
  // A plugin's instance is an object of its own: creating it allocates there.
  const registry loaded = testing::load_test_object("c_sign");
  const auto* const table =
      static_cast<const rv_optimizer*>(functions_of(loaded.get(component_kind::optimizer, "c_sign")));
  const testing::vector_layout layout(RV_F64, 1);
  void* self = nullptr;
  EXPECT_EQ(allocations_of([&] { table->create(nullptr, layout.raw(), nullptr, &self); }), 1U);
  table->destroy(self);
}

template <class T>
struct allocation_of : ::testing::Test {};
using element_types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(allocation_of, element_types);

TYPED_TEST(allocation_of, models_is_none_per_batch) {
  for (const char* activation : {"relu", "tanh", "sigmoid", "gelu"}) {
    for (const double dropout : {0.0, 0.3}) {
      const settings with{{"hidden", std::vector<std::int64_t>{128, 64}},
                          {"activation", std::string(activation)},
                          {"dropout", dropout}};
      model_with_batch<TypeParam> mlp("mlp", with, 128, 10);
      std::vector<TypeParam> scores(128 * 10);
      openblas_set_num_threads(1);  // as the host does for each trial; threads would allocate their jobs
      mlp.loss_gradient();          // BLAS sets itself up at its first call
      EXPECT_EQ(allocations_of([&] {
                  mlp.loss_gradient();
                  mlp.loss();
                  mlp.wrapped().predict(mlp.params().data(), &mlp.batch(), scores.data());
                }),
                0U)
          << activation << ", dropout " << dropout;
    }
  }
  model_with_batch<TypeParam> softmax("softmax", {}, 128, 10), cnn("cnn", {}, 100, 10, {28, 28});
  for (model_with_batch<TypeParam>* each : {&softmax, &cnn}) {
    each->loss_gradient();
    EXPECT_EQ(allocations_of([&] { each->loss_gradient(); }), 0U);
  }
}

TYPED_TEST(allocation_of, models_on_a_tape_is_none_per_batch) {
  const settings with{{"dropout", 0.3}, {"layers", std::int64_t{2}}};
  const auto rnn = [&](const std::string& cell) {
    settings own = with;
    own["cell"] = cell;
    return model_with_batch<TypeParam>("rnn", own, 150, 10, {28, 28});  // more than are computed at once
  };
  model_with_batch<TypeParam> simple = rnn("simple"), gru = rnn("gru"), lstm = rnn("lstm");
  model_with_batch<TypeParam> transformer("transformer", with, 40, 10, {28, 28});
  for (model_with_batch<TypeParam>* each : {&simple, &gru, &lstm, &transformer}) {
    std::vector<TypeParam> scores(each->batch().size * 10);
    openblas_set_num_threads(1);
    each->loss_gradient();
    EXPECT_EQ(allocations_of([&] {
                each->loss_gradient();
                each->loss();
                each->wrapped().predict(each->params().data(), &each->batch(), scores.data());
              }),
              0U);
  }
}

TYPED_TEST(allocation_of, optimizers_is_none_per_step) {
  const std::vector<TypeParam> g(1000, 1);
  for (const char* id : {"sgd", "momentum", "adam"}) {
    driven_optimizer<TypeParam> each(testing::shipped_plugins().get(component_kind::optimizer, id), {}, g);
    EXPECT_EQ(allocations_of([&] { each.step(g); }), 0U) << id;
  }
}

TYPED_TEST(allocation_of, optimizers_of_tensors_is_none_per_step) {
  const std::vector<testing::tensor_shape> tensors{
      {"wide", RV_ROLE_WEIGHT, {10, 40}}, {"tall", RV_ROLE_WEIGHT, {40, 14}}, {"bias", RV_ROLE_BIAS, {40}}};
  const std::vector<TypeParam> g = testing::random_numbers<TypeParam>(1000, 1);
  rv_closure closure{sizeof(rv_closure), 0, nullptr, [](void*, const void*, double* loss, void* grads) {
                       *loss = 0;
                       std::fill_n(static_cast<TypeParam*>(grads), 1000, TypeParam{1});
                       return RV_OK;
                     }};
  for (const char* id : {"lion", "lars", "lamb", "muon", "schedule_free_adamw", "sam"}) {
    testing::driven_tensors<TypeParam> each(testing::shipped_plugins().get(component_kind::optimizer, id), {},
                                            g, tensors);
    openblas_set_num_threads(1);
    each.step(g, closure);  // BLAS sets itself up at its first call
    EXPECT_EQ(allocations_of([&] { each.step(g, closure); }), 0U) << id;
  }
}

/// Counts what is allocated between two looks of the observer at a trial, from the third look on: until then
/// BLAS may set itself up.
struct counting_observer : trial_observer {
  command after_step(const cost& spent, std::uint64_t, double) override {
    if (++looks > 2) counted += allocations - before;
    steps = spent.steps;
    before = allocations;
    return command::go_on;
  }
  std::size_t looks = 0, before = 0, counted = 0;
  std::uint64_t steps = 0;
};

std::size_t allocations_in_the_loop(const trial_spec& spec, const dataset* data) {
  counting_observer observer;
  const trial_result result = run_trial(spec, testing::trial_plugins(), data, observer);
  EXPECT_EQ(result.status, trial_status::completed) << result.reason;
  EXPECT_GE(observer.looks, 10U);
  return observer.counted;
}

TEST(allocation, of_a_trial_is_none_between_evaluations) {
  const dataset data = testing::labelled_rows(10);
  for (const char* model : {"softmax", "mlp"}) {
    for (const char* optimizer : {"sgd", "adam", "lars", "muon", "sam"}) {
      trial_spec spec = testing::trial_of(model, optimizer, 40);
      spec.problem.type = dtype::f32;
      spec.train.batch_size = 3;  // four steps an epoch, the last of one example
      spec.train.clip.norm = 0.1;
      EXPECT_EQ(allocations_in_the_loop(spec, &data), 0U) << model << " by " << optimizer;
    }
  }
}

TEST(allocation, of_a_trial_is_none_with_biases_spared_from_decay_and_a_schedule) {
  const dataset data = testing::labelled_rows(10);
  trial_spec spec = testing::trial_of("mlp", "adamw", 40, {{"weight_decay", 0.1}, {"decay_biases", false}});
  spec.train.batch_size = 3;
  spec.optimizer.schedules["lr"] = {testing::stage("warmup", {}, amount{4, cost_unit::steps}),
                                    testing::stage("cosine")};
  EXPECT_EQ(allocations_in_the_loop(spec, &data), 0U);
}

TEST(allocation, of_a_trial_on_a_landscape_is_none_with_its_path_recorded) {
  const trial_spec spec = testing::trial_of("rosenbrock", "adam", 5000);
  EXPECT_EQ(allocations_in_the_loop(spec, nullptr), 0U);
}

TEST(allocation, of_landscapes_and_schedules_is_none_per_step) {
  model f(testing::shipped_plugins().get(component_kind::model, "rosenbrock"), nullptr, {}, RV_F64);
  scheduler cosine(testing::shipped_plugins().get(component_kind::scheduler, "cosine"), {});
  const double x[] = {1, 2};
  double g[2];
  EXPECT_EQ(allocations_of([&] {
              f.loss_gradient(x, nullptr, g);
              f.loss_gradient(x, nullptr, nullptr);
              cosine.value(0.1, {sizeof(rv_progress), RV_UNIT_STEP, 3, 10});
            }),
            0U);
}

}  // namespace
}  // namespace ravine

#endif
