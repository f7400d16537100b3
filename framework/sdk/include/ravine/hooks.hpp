#pragma once

#include <type_traits>

/// Finding members that an author declared otherwise than Ravine calls them; <ravine/export.hpp> reports
/// them.

/// Defines detail::declares_NAME<Author>: whether Author has any member of that name, callable or not. With a
/// second base that has one too, the name is ambiguous.
// NOLINTBEGIN(bugprone-macro-parentheses): names can't stand in parentheses
#define RAVINE_DECLARES(name)                                       \
  namespace ravine::detail {                                        \
  struct other_##name {                                             \
    int name;                                                       \
  };                                                                \
  template <class Author>                                           \
  struct both_##name : Author, other_##name {};                     \
  template <class Author>                                           \
  concept declares_##name = !std::is_final_v<Author> && !requires { \
    &both_##name<Author>::name;                                     \
  };                                                                \
  }
// NOLINTEND(bugprone-macro-parentheses)

/// Within a template over Author and Arguments: whether an author's function of that name takes the
/// arguments.
#define RAVINE_TAKES(name) \
  requires(Author & author, Arguments... arguments) { author.name(arguments...); }
