#include "validate/cause.hpp"

#include <regex>
#include <sstream>

namespace ravine {
namespace {

/// "state m", if the message is of an access before or after it; "" for another message.
std::string crossed_array(const std::string& message) {
  static const std::regex crossing(
      "(?:wrote|reached [0-9]+ bytes) (?:before|before the beginning of|after the end of|past the end of) "
      "(.+)$");
  std::smatch found;
  return std::regex_search(message, found, crossing) ? found[1].str() : "";
}

/// A frame but for what differs between instantiations and builds of one function: its file and line, or its
/// name without arguments, or nothing of a mere offset.
std::string place_in(const std::string& frame) {
  static const std::regex line(" at ([^ ]+:[0-9]+)");
  std::smatch found;
  if (std::regex_search(frame, found, line)) return found[1].str();
  const std::size_t end = frame.find_first_of("<(+");
  return frame.find('+') == end ? "" : frame.substr(0, end);
}

/// The message without numbers, and without what it was tried with.
std::string essence(std::string message) {
  static const std::regex type("\\b(float|double)s?\\b");
  message = std::regex_replace(message, type, "");
  std::erase_if(message, [](char c) { return (c >= '0' && c <= '9') || c == ' '; });
  return message;
}

}  // namespace

std::string cause_of(const std::string& reason, const std::filesystem::path& plugin) {
  std::istringstream lines(reason);
  std::string message;
  std::getline(lines, message);
  if (std::string array = crossed_array(message); !array.empty()) return array;
  std::string all = essence(message);
  for (std::string frame; std::getline(lines, frame);) {
    if (frame.find(plugin.filename().string()) != std::string::npos)
      return essence(message) + place_in(frame);
    all += frame;
  }
  return all;
}

}  // namespace ravine
