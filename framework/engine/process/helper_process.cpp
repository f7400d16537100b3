#include "process/helper_process.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <span>
#include <utility>

namespace ravine {

helper_process::helper_process(const std::vector<std::string>& arguments) {
  socket_ends input = make_socket_pair();  // whose broken end is an error and no signal
  pipe_ends output = make_pipe();
  program again{.command = {"ravine"}, .executable = "/proc/self/exe"};
  again.command.insert(again.command.end(), arguments.begin(), arguments.end());
  again.input = input.theirs.get();
  again.output = output.write.get();
  again.process_group = program::group::own;  // Ctrl-C is for the server
  child_ = child_process::start(again);
  input_ = std::move(input.ours);
  output_ = std::move(output.read);
}

// Its number stays its own until the destructor takes its end.
void helper_process::end() const { ::kill(child_.id(), SIGKILL); }

bool helper_process::send(const std::string& line) {
  const std::string text = line + '\n';
  return send_all(input_.get(), std::as_bytes(std::span(text)));
}

helper_process::reading helper_process::read(std::string& line, double seconds) {
  using clock = std::chrono::steady_clock;
  const auto deadline =
      clock::now() + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds));
  std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): overwritten
  std::size_t searched = 0;
  for (;;) {
    if (const std::size_t found = received_.find('\n', searched); found != std::string::npos) {
      line = received_.substr(0, found);
      received_.erase(0, found + 1);
      return reading::line;
    }
    searched = received_.size();
    const auto count = read_until(output_.get(), std::as_writable_bytes(std::span(buffer)), deadline);
    if (!count) return reading::nothing_yet;
    if (*count == 0) return reading::ended;
    received_.append(buffer.data(), *count);
  }
}

}  // namespace ravine
