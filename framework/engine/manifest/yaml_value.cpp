#include "manifest/yaml_value.hpp"

#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

namespace ravine {
namespace {

/// Text that begins or ends a document where it starts a line, which yaml-cpp does not see to.
bool marks_a_document(std::string_view text) { return text.starts_with("---") || text.starts_with("..."); }

void emit(YAML::Emitter& out, const yaml_value& value) {
  const bool flow = value.style == yaml_value::layout::flow || value.items.empty();
  switch (value.type) {
    case yaml_value::kind::null:
      out << YAML::Null;
      break;
    case yaml_value::kind::plain:
      if (marks_a_document(value.text)) out << YAML::DoubleQuoted;
      out << value.text;
      break;
    case yaml_value::kind::quoted:
      out << YAML::DoubleQuoted << value.text;
      break;
    case yaml_value::kind::list:
      out << (flow ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
      for (const yaml_value& item : value.items) emit(out, item);
      out << YAML::EndSeq;
      break;
    case yaml_value::kind::block:
      out << (flow ? YAML::Flow : YAML::Block) << YAML::BeginMap;
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        out << YAML::Key;
        emit(out, value.keys[i]);
        out << YAML::Value;
        emit(out, value.items[i]);
      }
      out << YAML::EndMap;
      break;
  }
}

}  // namespace

const yaml_value* yaml_value::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].is_scalar() && keys[i].text == key) return &items[i];
  }
  return nullptr;
}

yaml_value* yaml_value::find(std::string_view key) {
  return const_cast<yaml_value*>(static_cast<const yaml_value&>(*this).find(key));
}

std::string emit_yaml(const yaml_value& value) {
  YAML::Emitter out;
  emit(out, value);
  return std::string(out.c_str(), out.size()) + '\n';
}

}  // namespace ravine
