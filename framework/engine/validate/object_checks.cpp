#include "plugin/object_file.hpp"
#include "validate/check.hpp"
#include "validate/elf_facts.hpp"

#include <ravine/abi.h>

#include <algorithm>
#include <array>
#include <cfenv>
#include <cfloat>

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

void is_shared_object(const subject& it) { check_object_file(it.file); }

void exports_only_its_entry(const subject& it) {
  std::vector<std::string> names = read_elf_facts(it.file).exported;
  const auto entry = std::ranges::find(names, std::string_view(RV_ENTRY_SYMBOL));
  if (entry == names.end()) throw check_failed(fmt::format("it does not export {}", RV_ENTRY_SYMBOL));
  names.erase(entry);
  if (names.empty()) return;
  constexpr std::size_t shown = 3;
  throw check_failed(
      fmt::format("it exports {} more: {}{}", names.size(),
                  fmt::join(names.begin(),
                            names.begin() + static_cast<std::ptrdiff_t>(std::min(shown, names.size())), ", "),
                  names.size() > shown ? ", …" : ""));
}

void has_no_executable_stack(const subject& it) {
  if (read_elf_facts(it.file).has_executable_stack) {
    throw check_failed("loading it would make the stacks of the whole program executable");
  }
}

void resolves_its_symbols(const subject& it) {
  if (dlopen(std::filesystem::absolute(it.file).c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
    throw check_failed(dlerror());
  }
}

/// Half of the smallest normal number, as the processor has it now.
double half_of_the_smallest() {
  const volatile double smallest = DBL_MIN;
  return smallest / 2;
}

void leaves_floating_point_alone(const subject& it) {
  if (dlopen(std::filesystem::absolute(it.file).c_str(), RTLD_NOW | RTLD_NOLOAD) != nullptr) {
    throw not_applicable("this process has loaded it already");
  }
  const int rounding = std::fegetround();
  if (dlopen(std::filesystem::absolute(it.file).c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
    throw not_applicable("it does not load");
  }
  if (half_of_the_smallest() == 0) {
    throw check_failed("loading it makes the whole process flush subnormal numbers to zero");
  }
  if (std::fegetround() != rounding) throw check_failed("loading it changes how the process rounds");
}

}  // namespace

std::span<const check> object_checks() {
  static constexpr std::array checks{
      check{"object_file", "a whole shared object for this processor, that others can't write to",
            "build it on this machine: ravine plugins build FILE.cpp", is_shared_object},
      check{"exports", "no symbol but the entry is exported",
            "link with a version script: ravine plugins build and ravine_add_plugin do",
            exports_only_its_entry},
      check{"stack", "the stack stays data", "link with -Wl,-z,noexecstack", has_no_executable_stack},
      check{"symbols", "every symbol that it uses is found",
            "link with -Wl,-z,defs, which names the missing ones, and with the libraries that hold them",
            resolves_its_symbols},
      check{"floating_point", "loading it leaves rounding and subnormal numbers alone",
            "link without the options for fast, inexact arithmetic: they set it for the whole process",
            leaves_floating_point_alone},
  };
  return checks;
}

}  // namespace ravine
