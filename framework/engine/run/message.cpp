#include "run/message.hpp"

namespace ravine {
namespace {

message_writer& operator<<(message_writer& out, const trajectory& path) {
  return out << std::uint64_t{path.dimension} << path.steps << path.evaluations << path.points << path.losses;
}

message_reader& operator>>(message_reader& in, trajectory& path) {
  std::uint64_t dimension = 0;
  in >> dimension >> path.steps >> path.evaluations >> path.points >> path.losses;
  path.dimension = static_cast<std::size_t>(dimension);
  const std::size_t rows = path.steps.size();
  const bool fits = path.evaluations.size() == rows && path.losses.size() == rows &&
                    (rows == 0 ? path.points.empty() : path.points.size() / rows == dimension);
  if (!fits) throw message_error("a worker's path has columns of different lengths");
  return in;
}

trial_status checked(trial_status status) {
  if (status > trial_status::interrupted) throw message_error("a worker's result has an unknown status");
  return status;
}

}  // namespace

message_writer& operator<<(message_writer& out, const evaluation& value) {
  out << value.at << std::uint64_t{value.metrics.size()};
  for (const auto& [name, number] : value.metrics) out << std::string_view(name) << number;
  return out;
}

message_reader& operator>>(message_reader& in, evaluation& value) {
  std::uint64_t count = 0;
  in >> value.at >> count;
  for (; count > 0; --count) {
    std::string name;
    double number = 0;
    in >> name >> number;
    value.metrics[name] = number;
  }
  return in;
}

message_writer& operator<<(message_writer& out, const trial_result& value) {
  const cost reached = value.target_reached_at.value_or(cost{});
  return out << value.status << std::string_view(value.reason) << value.spent << value.parameters
             << value.state_bytes << value.target_reached_at.has_value() << reached << value.path;
}

message_reader& operator>>(message_reader& in, trial_result& value) {
  std::uint8_t has_reached = 0;
  cost reached;
  in >> value.status >> value.reason >> value.spent >> value.parameters >> value.state_bytes >> has_reached >>
      reached >> value.path;
  value.status = checked(value.status);
  if (has_reached != 0) value.target_reached_at = reached;
  return in;
}

}  // namespace ravine
