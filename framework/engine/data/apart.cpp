#include "data/apart.hpp"

#include "data/data_error.hpp"
#include "data/shared_dataset.hpp"
#include "process/child_process.hpp"
#include "process/crash_note.hpp"
#include "process/interrupt.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <exception>
#include <fstream>
#include <new>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

namespace ravine {
namespace {

constexpr std::uint64_t headroom = std::uint64_t{64} << 20U;  // for everything but examples
constexpr std::size_t longest_fault = 65536;
constexpr auto patience = std::chrono::milliseconds(100);  // between two looks for an interruption

/// Private memory of this process, in bytes, that RLIMIT_DATA counts.
std::uint64_t data_memory() {
  std::ifstream statistics("/proc/self/statm");
  std::uint64_t pages = 0;
  for (int field = 0; field < 6; ++field) statistics >> pages;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void limit(__rlimit_resource what, std::uint64_t most) {
  rlimit now{};
  getrlimit(what, &now);
  now.rlim_cur = std::min<rlim_t>(now.rlim_max, most);
  setrlimit(what, &now);
}

/// What went wrong in the child; "" if nothing did.
std::string fault_of(const std::string& name, const std::function<void()>& work) {
  try {
    work();
    return "";
  } catch (const data_error& problem) {
    return problem.what();
  } catch (const std::bad_alloc&) {
    return fmt::format(
        "{}: decoding takes more memory than a data set of the largest size, {} bytes here, needs", name,
        most_dataset_bytes());
  } catch (const std::exception& problem) {
    return fmt::format("{}: {}", name, problem.what());
  }
}

[[noreturn]] void work_in_child(int answer, const std::string& name, const std::function<void()>& work) {
  leave_interrupts_to_parent();
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));  // write() fails instead
  // Where examples are split, they are there twice for a moment.
  limit(RLIMIT_DATA, data_memory() + 2 * most_dataset_bytes() + headroom);
  limit(RLIMIT_FSIZE, most_dataset_bytes() + headroom);
  const std::string fault = fault_of(name, work);
  const bool told = write_all(answer, std::as_bytes(std::span(fault)));
  _exit(told && fault.empty() ? 0 : 1);
}

/// Waits for the child without becoming deaf to the user.
class patient_wait {
 public:
  explicit patient_wait(const std::string& name) : name_(name) {}

  /// What the child says until it ends or has said too much.
  std::string listen(int answer) const {
    std::string fault;
    std::array<std::byte, 4096> buffer{};
    while (fault.size() < longest_fault) {
      const auto count = read_until(answer, buffer, next_look());
      if (count == std::size_t{0}) break;
      if (count) fault.append(reinterpret_cast<const char*>(buffer.data()), *count);
    }
    return fault;
  }

  const process_end& end_of(child_process& child) const {
    while (!child.wait_until(next_look())) continue;
    return child.end();
  }

 private:
  /// Throws data_error when the user has interrupted this process.
  std::chrono::steady_clock::time_point next_look() const {
    if (interrupt_watch::count() > interrupted_before_) {
      throw data_error(fmt::format("{}: loading the data was interrupted", name_));
    }
    return std::chrono::steady_clock::now() + patience;
  }

  const std::string& name_;
  int interrupted_before_ = interrupt_watch::count();
};

}  // namespace

dataset decode_apart(const std::string& name, const std::function<dataset_content()>& decode) {
  descriptor file = make_dataset_file();
  pipe_ends answer = make_pipe();
  child_process child = child_process::fork([&] {
    answer.read.close();
    work_in_child(answer.write.get(), name, [&] { write_dataset(decode(), file.get()); });
  });
  answer.write.close();
  const patient_wait wait(name);
  if (const std::string fault = wait.listen(answer.read.get()); !fault.empty()) throw data_error(fault);
  const process_end& end = wait.end_of(child);
  if (end.signal != 0) {
    throw data_error(fmt::format("{}: the process that decodes the data was ended by {}{}", name,
                                 signal_name(end.signal),
                                 end.signal == SIGKILL ? " (was the machine out of memory?)" : ""));
  }
  if (end.exit_code != 0) {
    throw data_error(
        fmt::format("{}: the process that decodes the data ended with status {}", name, end.exit_code));
  }
  return seal_dataset(std::move(file));
}

}  // namespace ravine
