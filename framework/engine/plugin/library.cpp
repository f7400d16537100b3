#include "plugin/library.hpp"

#include "core/sha256.hpp"
#include "plugin/host.hpp"
#include "plugin/object_file.hpp"

#include <cfenv>
#include <cstdlib>
#include <type_traits>

#include <boost/dll/shared_library.hpp>
#include <dlfcn.h>
#include <fmt/format.h>

namespace ravine {
namespace {

/// Start-up code of a plugin linked for fast, inexact arithmetic makes the whole process flush subnormals to
/// zero: the floating-point environment, MXCSR included, is put back after loading.
class floating_point_guard {
 public:
  floating_point_guard() { std::fegetenv(&saved_); }
  ~floating_point_guard() { std::fesetenv(&saved_); }
  floating_point_guard(const floating_point_guard&) = delete;
  floating_point_guard& operator=(const floating_point_guard&) = delete;

 private:
  std::fenv_t saved_{};
};

/// Opens a shared object for the life of the process.
rv_entry open_entry(const std::filesystem::path& file) {
  using boost::dll::shared_library;
  namespace load_mode = boost::dll::load_mode;
  boost::dll::fs::error_code problem;
  const std::string path = std::filesystem::absolute(file).string();
  shared_library library;
  library.load(boost::dll::fs::path(path), load_mode::rtld_now | load_mode::rtld_local, problem);
  if (problem) {
    const char* const said = dlerror();
    throw load_error(
        fmt::format("the dynamic loader refused it: {}", said != nullptr ? said : problem.message()));
  }
  // From here on the object stays, whoever closes it.
  if (dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE) == nullptr) {
    throw plugin_error("it can't be kept open");
  }
  if (!library.has(RV_ENTRY_SYMBOL)) {
    throw plugin_error(
        fmt::format("it does not export {}; end the file with RAVINE_OPTIMIZER, RAVINE_SCHEDULER, "
                    "RAVINE_MODEL or RAVINE_LANDSCAPE, or define that function",
                    RV_ENTRY_SYMBOL));
  }
  return &library.get<std::remove_pointer_t<rv_entry>>(RV_ENTRY_SYMBOL);
}

}  // namespace

loaded_plugin load_library(const std::filesystem::path& file) {
  check_object_file(file);
  const std::string digest = sha256_file(file);  // before its code can change it
  setenv("OPENBLAS_NUM_THREADS", "1", 1);        // or it starts a thread for each core; see use_blas_threads
  const floating_point_guard guard;
  const rv_entry entry = open_entry(file);
  take_plugin_error();
  const rv_plugin* const described = entry(plugin_host());
  if (described == nullptr) {
    const std::string said = take_plugin_error();
    throw load_error(fmt::format("it declined to load: {}", said.empty() ? "no reason given" : said));
  }
  loaded_plugin loaded = read_description(described);
  loaded.file.path = file;
  loaded.file.sha256 = digest;
  return loaded;
}

}  // namespace ravine
