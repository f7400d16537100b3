#include "run/blas_kernel.hpp"

#include "core/error.hpp"
#include "process/sandbox.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <cblas.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <strings.h>

namespace ravine {
namespace {

constexpr const char* variable = "OPENBLAS_CORETYPE";

/// The names that OpenBLAS knows (driver/others/dynamic.c and dynamic_arm64.c); which of them a library has
/// depends on how it was built.
constexpr std::array kernels{
    "Katmai",      "Coppermine", "Northwood",  "Prescott",       "Banias",       "Atom",      "Core2",
    "Penryn",      "Dunnington", "Nehalem",    "Athlon",         "Opteron",      "Barcelona", "Nano",
    "Sandybridge", "Bobcat",     "Bulldozer",  "Piledriver",     "Steamroller",  "Excavator", "Haswell",
    "Zen",         "SkylakeX",   "Cooperlake", "SapphireRapids", "armv8",        "cortexa53", "cortexa57",
    "cortexa72",   "cortexa73",  "falkor",     "thunderx",       "thunderx2t99", "tsv110",    "emag8180",
    "neoversen1",  "neoversev1", "neoversen2", "thunderx3t110"};

template <class Function>
Function* find(void* library, const char* name) {
  auto* const found = reinterpret_cast<Function*>(dlsym(library, name));
  if (found == nullptr) throw error(fmt::format("the OpenBLAS of this machine has no function {}", name));
  return found;
}

/// Whether the product of matrices that this kernel computes is one; a processor that can't run it ends the
/// process.
template <class T, class Product>
bool multiplies(Product product) {
  constexpr int n = 96;
  std::vector<T> a(std::size_t{n} * n, T{1}), b(std::size_t{n} * n, T{0.5}), c(std::size_t{n} * n, T{0});
  product(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, n, T{1}, a.data(), n, b.data(), n, T{0}, c.data(),
          n);
  // Sums of 96 halves are exact, in whichever order they are taken.
  return std::ranges::all_of(c, [](T each) { return each == T{n} / 2; });
}

/// Runs in a process that has not loaded OpenBLAS yet: the name of the kernel that it takes.
std::string try_kernel(const std::string& name) {
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  if (!name.empty()) setenv(variable, name.c_str(), 1);
  void* const library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw error("there is no OpenBLAS on this machine (libopenblas.so.0)");
  std::string taken = find<char*()>(library, "openblas_get_corename")();
  const bool right = multiplies<float>(find<decltype(cblas_sgemm)>(library, "cblas_sgemm")) &&
                     multiplies<double>(find<decltype(cblas_dgemm)>(library, "cblas_dgemm"));
  if (!right) throw error(fmt::format("the kernel {} multiplies wrongly on this processor", taken));
  return taken;
}

const sandbox_limits trying{
    .time = std::chrono::seconds(10), .memory = 0, .prints = sandbox_limits::printing::dropped};

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

[[noreturn]] void refuse(const std::string& why) {
  const std::vector<std::string> usable = usable_blas_kernels();
  throw error(fmt::format("{}; {}", why,
                          usable.empty() ? "none can be chosen here"
                                         : fmt::format("expected one of {}", fmt::join(usable, ", "))));
}

}  // namespace

std::vector<std::string> usable_blas_kernels() {
  const auto outcomes = try_in_sandboxes(
      kernels.size(), [](std::size_t i) { return try_kernel(kernels.at(i)); }, trying);
  std::vector<std::string> usable;
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    const bool taken =
        outcomes[i].ended == sandbox_outcome::how::answered && same_name(outcomes[i].text, kernels.at(i));
    if (taken) usable.push_back(outcomes[i].text);
  }
  return usable;
}

void pin_blas_kernel(const std::string& name) {
  const sandbox_outcome tried = try_in_sandbox([&] { return try_kernel(name); }, trying);
  if (tried.ended == sandbox_outcome::how::threw) throw error(tried.text);
  if (tried.ended != sandbox_outcome::how::answered) {
    refuse(fmt::format("this processor can't run OpenBLAS's kernel {} ({})", name,
                       tried.text.substr(0, tried.text.find('\n'))));
  }
  if (!same_name(tried.text, name)) {
    refuse(fmt::format("OpenBLAS has no kernel {}, and would take {}", name.empty() ? "without a name" : name,
                       tried.text));
  }
  setenv(variable, name.c_str(), 1);
}

}  // namespace ravine
