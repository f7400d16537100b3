#pragma once

#include <ravine/abi.h>
#include <ravine/export.hpp>
#include <ravine/hooks.hpp>
#include <ravine/hyperparameters.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

RAVINE_DECLARES(hyper)
RAVINE_DECLARES(state)

/// What the SDK's four kinds share: an author includes <ravine/optimizer.hpp> or its like instead.
namespace ravine {

/// What `ravine plugins` shows of a component.
struct about {
  const char* id;              ///< the name in manifests: lower-case letters, digits, _
  const char* summary;         ///< one line
  const char* reference = "";  ///< the paper
  const char* doc = "";        ///< formula, remarks, differences from other libraries
};

/// Thrown by an author whose component can't work with these hyperparameters or these data.
struct bad_config : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// A file that the user has named; empty where the host checks the plugin.
struct named_file {
  std::string_view path;
  std::span<const std::byte> content;
};

/// The values that an instance was created with, by the names of Author::hyper. May be kept as a member
/// of the component: it is valid as long as the instance lives.
template <class Author>
class config {
 public:
  explicit config(const rv_config* raw) : raw_(raw) {}

  double operator[](hyper_name<Author> name) const { return raw_->values[name.index()]; }
  bool flag(hyper_name<Author> name) const { return raw_->values[name.index()] != 0; }
  std::int64_t integer(hyper_name<Author> name) const {
    return static_cast<std::int64_t>(raw_->values[name.index()]);
  }
  /// An integer as a size. Throws bad_config for a negative one: declare it at_least(0).
  std::size_t count(hyper_name<Author> name) const { return to_size(name, integer(name)); }
  std::string_view choice(hyper_name<Author> name) const {
    return Author::hyper[name.index()].choices.at(static_cast<std::size_t>(raw_->values[name.index()]));
  }
  std::span<const std::int64_t> list(hyper_name<Author> name) const {
    const rv_integer_list& entry = raw_->lists[name.index()];
    return {entry.values, entry.count};
  }
  /// A list of integers as sizes. Throws as count does.
  std::vector<std::size_t> counts(hyper_name<Author> name) const {
    std::vector<std::size_t> sizes;
    for (const std::int64_t each : list(name)) sizes.push_back(to_size(name, each));
    return sizes;
  }

  /// What ravine::file declared. In the component's constructor only: the content is not kept.
  named_file file(hyper_name<Author> name) const {
    // NOLINTNEXTLINE(bugprone-sizeof-expression): the pointer's size is meant
    if (!RV_HAS(rv_config, raw_, files)) return {};
    const rv_file& entry = raw_->files[name.index()];
    return {entry.path, {static_cast<const std::byte*>(entry.bytes), entry.size}};
  }

 private:
  static std::size_t to_size(hyper_name<Author> name, std::int64_t value) {
    if (value >= 0) return static_cast<std::size_t>(value);
    throw bad_config(std::string(Author::hyper[name.index()].name) + " is " + std::to_string(value) +
                     ", expected 0 or more: the plugin should declare it at_least(0)");
  }

  const rv_config* raw_;
};

namespace detail {

/// A call of the host failed, and the host has said why already.
struct host_failure {
  rv_status status;
};

/// Runs `body` and turns whatever it throws into a status, telling the host the text.
template <class Body>
rv_status guard(const rv_host* host, Body&& body) noexcept {
  try {
    if constexpr (std::same_as<std::invoke_result_t<Body>, rv_status>) {
      return std::forward<Body>(body)();
    } else {
      std::forward<Body>(body)();
      return RV_OK;
    }
  } catch (const host_failure& failure) {
    return failure.status;
  } catch (const std::bad_alloc&) {
    host->set_error(host, "out of memory");
    return RV_NO_MEMORY;
  } catch (const bad_config& problem) {
    host->set_error(host, problem.what());
    return RV_BAD_CONFIG;
  } catch (const std::exception& problem) {
    host->set_error(host, problem.what());
  } catch (...) {
    host->set_error(host, "the plugin threw something that is not a std::exception");
  }
  return RV_FAILED;
}

/// A copy of the host's configuration, which is valid during create only, as are the files even here. Does
/// not move: what it hands out points into it.
class kept_config {
 public:
  explicit kept_config(const rv_config* from)
      : values_(from->values, from->values + from->count), lists_(from->lists, from->lists + from->count) {
    elements_.reserve(lists_.size());
    for (rv_integer_list& list : lists_) {
      elements_.emplace_back(list.values, list.values + list.count);
      list.values = elements_.back().data();
    }
    raw_ = {.struct_size = sizeof(rv_config),
            .reserved = 0,
            .count = values_.size(),
            .values = values_.data(),
            .lists = lists_.data(),
            .files = nullptr};
    // NOLINTNEXTLINE(bugprone-sizeof-expression): the pointer's size is meant
    if (!RV_HAS(rv_config, from, files)) {
      raw_.struct_size = offsetof(rv_config, files);
    } else {
      raw_.files = from->files;
    }
  }
  kept_config(const kept_config&) = delete;
  kept_config& operator=(const kept_config&) = delete;

  const rv_config* get() const { return &raw_; }

 private:
  std::vector<double> values_;
  std::vector<rv_integer_list> lists_;
  std::vector<std::vector<std::int64_t>> elements_;
  rv_config raw_{};
};

template <class Author, class... More>
constexpr bool is_made_from_config = std::constructible_from<Author, config<Author>, const More&...>;

/// Author's constructor from its config (and, for models, the data's shape) or the default constructor.
template <class Author, class... More>
Author make_author(const kept_config& values, const More&... more) {
  if constexpr (is_made_from_config<Author, More...>) {
    return Author(config<Author>(values.get()), more...);
  } else {
    return Author{};
  }
}

template <class Author, class... More>
constexpr bool constructor_fits = is_made_from_config<Author, More...> || std::default_initializable<Author>;

template <class Author, class...>
constexpr bool about_fits = requires {
  requires std::same_as<std::remove_cvref_t<decltype(Author::about)>, ::ravine::about>;
};

template <class Author>
concept hyper_elsewhere = requires {
  Author::hyperparameters.size();
}
|| requires { Author::hyper_parameters.size(); }
|| requires { Author::hypers.size(); }
|| requires { Author::params.size(); };

template <class Author, class...>
constexpr bool hyper_fits = [] {
  if constexpr (requires {
                  { Author::hyper.data() } -> std::same_as<const hyperparameter*>;
                })
    return true;
  return !declares_hyper<Author> && !hyper_elsewhere<Author>;
}();

constexpr rv_param_info describe(const hyperparameter& item) {
  rv_param_info info{};
  info.struct_size = sizeof(rv_param_info);
  info.type = item.type;
  info.name = item.name;
  info.doc = item.text;
  info.flags = item.flags;
  info.default_value = item.default_value;
  info.minimum = item.type == RV_BOOLEAN || item.type == RV_CHOICE ? 0 : item.minimum;
  info.maximum = item.type == RV_BOOLEAN  ? 1
                 : item.type == RV_CHOICE ? static_cast<double>(item.count) - 1
                                          : item.maximum;
  info.search_low = item.search_low;
  info.search_high = item.search_high;
  info.search_scale = item.searched ? item.scale : RV_SCALE_NONE;
  return info;
}

/// The static tables that describe Author to the host.
template <class Author>
struct component_tables {
  static constexpr auto& hyper = declared_hyper<Author>;
  static constexpr std::size_t count = hyper.size();

  static constexpr auto infos = [] {
    std::array<rv_param_info, count> made{};
    for (std::size_t i = 0; i < count; ++i) {
      made[i] = describe(hyper[i]);
      if (hyper[i].type == RV_CHOICE) {
        made[i].choice_count = static_cast<std::uint32_t>(hyper[i].count);
        made[i].choices = hyper[i].choices.data();
      }
      if (hyper[i].type == RV_INTEGER_LIST) {
        made[i].default_list_count = hyper[i].count;
        made[i].default_list = hyper[i].list.data();
      }
    }
    return made;
  }();

  static constexpr auto pointers = [] {
    std::array<const rv_param_info*, count> made{};
    for (std::size_t i = 0; i < count; ++i) made[i] = &infos[i];
    return made;
  }();
};

/// The component's description. `Author` holds about and hyper; `functions` is the kind's table.
template <class Author>
constexpr rv_component describe_component(std::uint32_t kind, std::uint64_t capabilities,
                                          const void* functions) {
  using tables = component_tables<Author>;
  rv_component made{};
  made.struct_size = sizeof(rv_component);
  made.kind = kind;
  made.id = Author::about.id;
  made.summary = Author::about.summary;
  made.reference = Author::about.reference;
  made.doc = Author::about.doc;
  made.capabilities = capabilities;
  made.param_count = tables::count;
  made.params = tables::count == 0 ? nullptr : tables::pointers.data();
  made.functions = functions;
  return made;
}

template <const rv_component&... Components>
inline constexpr std::array<const rv_component*, sizeof...(Components)> component_list{&Components...};

constexpr rv_plugin describe_plugin(std::span<const rv_component* const> components) {
  rv_plugin made{};
  made.struct_size = sizeof(rv_plugin);
  made.magic = RV_MAGIC;
  made.abi_major = RV_ABI_MAJOR;
  made.abi_minor = RV_ABI_MINOR;
  made.name = components[0]->id;
#ifdef RAVINE_PLUGIN_VERSION
  made.version = RAVINE_PLUGIN_VERSION;
#else
  made.version = "0.0.0";
#endif
#ifdef RAVINE_PLUGIN_AUTHOR
  made.author = RAVINE_PLUGIN_AUTHOR;
#else
  made.author = "";
#endif
#ifdef RAVINE_PLUGIN_LICENSE
  made.license = RAVINE_PLUGIN_LICENSE;
#else
  made.license = "";
#endif
  made.component_count = components.size();
  made.components = components.data();
  return made;
}

/// Whether the host knows all that the plugin relies on; if not, it has been told.
inline bool works_with(const rv_plugin& plugin, const rv_host& host) {
  for (std::uint64_t i = 0; i < plugin.component_count; ++i) {
    const rv_component& each = *plugin.components[i];
    const bool wraps = each.kind == RV_OPTIMIZER && (each.capabilities & RV_OPTIMIZER_WRAPS) != 0;
    if (!wraps || host.abi_minor >= 1) continue;
    host.set_error(&host,
                   "an optimizer that works around another one needs a Ravine with contract 1.1 or later");
    return false;
  }
  return true;
}

}  // namespace detail
}  // namespace ravine
