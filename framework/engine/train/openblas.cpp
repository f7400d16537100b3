#include "train/openblas.hpp"

#include <cstring>
#include <string>

#include <dlfcn.h>
#include <link.h>

namespace ravine {
namespace {

/// The path of the first library whose name contains "openblas"; plugins see it, but this program does not.
std::string loaded_openblas() {
  std::string path;
  const auto look = [](dl_phdr_info* object, std::size_t, void* found) {
    const char* const slash = std::strrchr(object->dlpi_name, '/');
    if (slash == nullptr || std::strstr(slash, "openblas") == nullptr) return 0;
    *static_cast<std::string*>(found) = object->dlpi_name;
    return 1;
  };
  dl_iterate_phdr(look, &path);
  return path;
}

}  // namespace

void* find_in_openblas(const char* function) {
  const std::string path = loaded_openblas();
  if (path.empty()) return nullptr;
  void* const library = dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  return library == nullptr ? nullptr : dlsym(library, function);
}

blas_library loaded_blas() {
  auto* const config = find_in_openblas<char*()>("openblas_get_config");
  auto* const kernel = find_in_openblas<char*()>("openblas_get_corename");
  return {config == nullptr ? "" : config(), kernel == nullptr ? "" : kernel()};
}

void use_blas_threads(std::uint64_t count) {
  auto* const now = find_in_openblas<int()>("openblas_get_num_threads");
  auto* const change = find_in_openblas<void(int)>("openblas_set_num_threads");
  const int wanted = static_cast<int>(count);
  if (now != nullptr && change != nullptr && now() != wanted) change(wanted);
}

}  // namespace ravine
