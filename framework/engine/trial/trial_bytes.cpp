#include "trial/trial_bytes.hpp"

#include <utility>

namespace ravine {
namespace {

byte_writer& operator<<(byte_writer& out, const trajectory& path) {
  return out << std::uint64_t{path.dimension} << path.steps << path.evaluations << path.points << path.losses;
}

byte_reader& operator>>(byte_reader& in, trajectory& path) {
  std::uint64_t dimension = 0;
  in >> dimension >> path.steps >> path.evaluations >> path.points >> path.losses;
  path.dimension = static_cast<std::size_t>(dimension);
  const std::size_t rows = path.steps.size();
  const bool fits = path.evaluations.size() == rows && path.losses.size() == rows &&
                    (rows == 0 ? path.points.empty() : path.points.size() / rows == dimension);
  if (!fits) throw bytes_error("its path has columns of different lengths");
  return in;
}

trial_status checked(trial_status status) {
  if (status < trial_status::completed || status > trial_status::interrupted)
    throw bytes_error("its status is unknown");
  return status;
}

}  // namespace

byte_writer& operator<<(byte_writer& out, const evaluation& value) {
  out << value.at << std::uint64_t{value.metrics.size()};
  for (const auto& [name, number] : value.metrics) out << std::string_view(name) << number;
  return out;
}

byte_reader& operator>>(byte_reader& in, evaluation& value) {
  in >> value.at;
  for (auto left = in.get<std::uint64_t>(); left > 0; --left) {
    auto name = in.get<std::string>();
    value.metrics.emplace_hint(value.metrics.end(), std::move(name), in.get<double>());
  }
  return in;
}

byte_writer& operator<<(byte_writer& out, const trial_result& value) {
  const cost reached = value.target_reached_at.value_or(cost{});
  out.reserve(1024 + (value.path.steps.size() * (3 + value.path.dimension)) * sizeof(double));
  return out << value.status << std::string_view(value.reason) << value.spent << value.parameters
             << value.state_bytes << value.scratch_bytes << value.target_reached_at.has_value() << reached
             << value.path;
}

byte_reader& operator>>(byte_reader& in, trial_result& value) {
  std::uint8_t has_reached = 0;
  cost reached;
  in >> value.status >> value.reason >> value.spent >> value.parameters >> value.state_bytes >>
      value.scratch_bytes >> has_reached >> reached >> value.path;
  value.status = checked(value.status);
  if (has_reached != 0) value.target_reached_at = reached;
  return in;
}

}  // namespace ravine
