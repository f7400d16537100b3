#include "core/printable.hpp"
#include "manifest/yaml_text.hpp"
#include "manifest/yaml_value.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace ravine {
namespace {

place place_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

struct extent {
  std::size_t values = 1;
  std::size_t depth = 0;  ///< lists and blocks within one another
};

extent extent_of(const yaml_value& value) {
  extent all;
  for (const auto* children : {&value.keys, &value.items}) {
    for (const yaml_value& child : *children) {
      const extent inner = extent_of(child);
      all.values += inner.values;
      all.depth = std::max(all.depth, inner.depth);
    }
  }
  if (!value.is_scalar() && value.type != yaml_value::kind::null) ++all.depth;
  return all;
}

/// Replaces the key << by the entries of the blocks that it names, as far as the block has no such keys.
void merge(yaml_value& block) {
  for (std::size_t i = 0; i < block.keys.size();) {
    if (block.keys[i].type != yaml_value::kind::plain || block.keys[i].text != "<<") {
      ++i;
      continue;
    }
    const place at = block.keys[i].at;
    yaml_value source = std::move(block.items[i]);
    block.keys.erase(block.keys.begin() + static_cast<std::ptrdiff_t>(i));
    block.items.erase(block.items.begin() + static_cast<std::ptrdiff_t>(i));
    std::vector<yaml_value> from;
    if (source.type == yaml_value::kind::list) {
      from = std::move(source.items);
    } else {
      from.push_back(std::move(source));
    }
    for (yaml_value& each : from) {
      if (each.type != yaml_value::kind::block)
        throw yaml_error(at, "<< takes a block, such as *alias, or a list of blocks");
      for (std::size_t k = 0; k < each.keys.size(); ++k) {
        if (each.keys[k].is_scalar() && block.find(each.keys[k].text) != nullptr) continue;
        block.keys.push_back(std::move(each.keys[k]));
        block.items.push_back(std::move(each.items[k]));
      }
    }
  }
}

/// Builds the tree from yaml-cpp's events, which stop at the limits before memory or the stack run out.
class tree_builder : public YAML::EventHandler {
 public:
  explicit tree_builder(std::string_view text) : text_(text) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0)
      throw yaml_error(place_of(mark), "a second document starts here; a manifest is one");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    scalar(yaml_value::kind::null, mark, {}, anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    check_tag(mark, tag);
    check_characters(text, place_of(mark));
    // yaml-cpp takes a quote that the end of the text leaves open for closed, and the keys within for text.
    if (tag == "!" && !mark.is_null() && is_unclosed(text_, static_cast<std::size_t>(mark.pos))) {
      throw yaml_error(place_of(mark), "not valid YAML: the text that starts here has no closing quote");
    }
    scalar(tag == "!" ? yaml_value::kind::quoted : yaml_value::kind::plain, mark, text, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      throw yaml_error(place_of(mark), "an alias within the value that it stands for");
    const extent size = extent_of(found->second);
    reserve(place_of(mark), size);
    add(yaml_value(found->second), 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    begin(yaml_value::kind::list, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { end(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    begin(yaml_value::kind::block, mark, tag, anchor, style);
  }
  void OnMapEnd() override {
    merge(open_.back().value);
    end();
  }

  yaml_value take() { return std::move(root_); }

  /// Where the innermost list or block begins that has not ended; `otherwise` if there is none.
  place unfinished(const place& otherwise) const { return open_.empty() ? otherwise : open_.back().value.at; }

 private:
  struct unfinished_value {
    yaml_value value;
    YAML::anchor_t anchor;
  };

  static void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw yaml_error(place_of(mark),
                     fmt::format("the tag {} has no meaning here; write the value without it", tag));
  }

  void reserve(const place& at, extent more) {
    count_ += more.values;
    if (count_ > yaml_value_limit) {
      throw yaml_error(
          at, fmt::format("more than {} values (aliases counted as what they stand for)", yaml_value_limit));
    }
    if (open_.size() + more.depth > yaml_depth_limit) {
      throw yaml_error(at, fmt::format("more than {} lists or blocks within one another", yaml_depth_limit));
    }
  }

  void scalar(yaml_value::kind type, const YAML::Mark& mark, const std::string& text, YAML::anchor_t anchor) {
    yaml_value value{.type = type, .at = place_of(mark), .text = text};
    // yaml-cpp places a missing value at the next token, which may be lines below.
    if (type == yaml_value::kind::null && expects_value()) value.at = open_.back().value.keys.back().at;
    reserve(value.at, {});
    add(std::move(value), anchor);
  }

  void begin(yaml_value::kind type, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
             YAML::EmitterStyle::value style) {
    check_tag(mark, tag);
    reserve(place_of(mark), {.values = 1, .depth = 1});
    const auto layout =
        style == YAML::EmitterStyle::Flow ? yaml_value::layout::flow : yaml_value::layout::lines;
    open_.push_back({{.type = type, .style = layout, .at = place_of(mark)}, anchor});
  }

  void end() {
    unfinished_value done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done.value), done.anchor);
  }

  bool expects_value() const {
    return !open_.empty() && open_.back().value.keys.size() > open_.back().value.items.size();
  }

  void add(yaml_value&& value, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_.insert_or_assign(anchor, value);
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    yaml_value& parent = open_.back().value;
    const bool is_key = parent.type == yaml_value::kind::block && parent.keys.size() == parent.items.size();
    if (is_key && (value.type == yaml_value::kind::list || value.type == yaml_value::kind::block)) {
      throw yaml_error(value.at, "a list or a block can't be a key; a key is a name");
    }
    (is_key ? parent.keys : parent.items).push_back(std::move(value));
  }

  std::string_view text_;
  yaml_value root_;
  std::vector<unfinished_value> open_;
  std::map<YAML::anchor_t, yaml_value> anchors_;
  std::size_t count_ = 0;
  std::size_t documents_ = 0;
};

/// What yaml-cpp's terse messages mean to somebody who writes a manifest.
std::string explain(const std::string& message) {
  static const std::array<std::pair<const char*, const char*>, 9> meanings{{
      {YAML::ErrorMsg::MAP_VALUE,
       "a key can't stand here; check the indentation, and quote text that contains \": \""},
      {YAML::ErrorMsg::END_OF_MAP, "the indentation of this line fits none of the lines above it"},
      {YAML::ErrorMsg::END_OF_SEQ, "the indentation of this line fits none of the lines above it"},
      {YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab in the indentation; YAML is indented with spaces"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "the text ends within quotes; a closing quote is missing"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "no value can begin with this character; put the text in quotes"},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR, "no value above has this &anchor"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "the list that starts here has no closing ]"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "the block that starts here has no closing }"},
  }};
  for (const auto& [terse, meaning] : meanings) {
    if (message == terse) return meaning;
  }
  // yaml-cpp quotes the character that it stumbled over, which at the end of the text is an EOT.
  if (!is_printable(message)) return "the text ends after a backslash";
  return message;
}

/// A tab in the indentation of the line in which the parser gave up: it names what stands behind it.
std::optional<place> tab_before(std::string_view text, const YAML::Exception& e) {
  const YAML::Mark& mark = e.mark;
  using namespace YAML::ErrorMsg;
  const std::array<std::string_view, 4> outside_of_brackets{BLOCK_ENTRY, MAP_KEY, MAP_VALUE, UNKNOWN_TOKEN};
  if (std::ranges::find(outside_of_brackets, e.msg) == outside_of_brackets.end()) return std::nullopt;
  std::size_t begin = 0;
  for (int line = 0; line < mark.line && begin < text.size(); ++line) {
    begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  }
  const std::size_t end = std::min(text.find_first_not_of(" \t", begin), text.size());
  const std::size_t tab = text.substr(0, end).find('\t', begin);
  if (mark.is_null() || tab == std::string_view::npos) return std::nullopt;
  return place{static_cast<std::size_t>(mark.line) + 1, tab - begin + 1};
}

bool is_unclosed(const YAML::Exception& e) {
  return e.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW || e.msg == YAML::ErrorMsg::END_OF_MAP_FLOW;
}

}  // namespace

yaml_value parse_yaml(std::string_view text) {
  check_yaml_text(text);
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::istringstream in{std::string(text)};
  tree_builder builder(text);
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& e) {
    if (const auto tab = tab_before(text, e)) {
      throw yaml_error(*tab, "not valid YAML: " + explain(YAML::ErrorMsg::TAB_IN_INDENTATION));
    }
    const place at = is_unclosed(e) ? builder.unfinished(place_of(e.mark)) : place_of(e.mark);
    throw yaml_error(at, fmt::format("not valid YAML: {}", explain(e.msg)));
  }
  return builder.take();
}

}  // namespace ravine
