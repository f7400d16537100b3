#include "process/crash_note.hpp"

#include "process/child_process.hpp"
#include "process/confinement.hpp"
#include "process/descriptor.hpp"
#include "process/message.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <link.h>
#include <sys/resource.h>
#include <ucontext.h>
#include <unistd.h>

namespace ravine {
namespace {

constexpr std::array fatal_signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP};
// backtrace begins with send() and the handler, after a signal with the system's call of it as well.
constexpr int signal_frames = 3;
constexpr int exit_frames = 2;

// A signal handler can reach nothing but globals.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
int note_descriptor = -1;
std::uint64_t note_nonce = 0;
alignas(16) std::array<std::byte, 65536> handler_stack;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

/// Where the address lies; false if in no object that the loader knows. Locks nothing, unlike dladdr.
bool place(const std::byte* address, crash_frame& into) {
  dl_find_object found{};
  if (_dl_find_object(const_cast<std::byte*>(address), &found) != 0) return false;  // NOLINT: it only looks
  const link_map& object = *found.dlfo_link_map;
  std::strncpy(into.object.data(), object.l_name, into.object.size() - 1);
  into.offset = reinterpret_cast<std::uint64_t>(address) - object.l_addr;
  return true;
}

void send(crash_note& note, int skipped) {
  std::array<void*, std::tuple_size_v<decltype(note.frames)> + signal_frames> addresses{};
  const int found = backtrace(addresses.data(), static_cast<int>(addresses.size()));
  for (int i = skipped; i < found && note.frame_count < note.frames.size(); ++i) {
    const auto* address = static_cast<const std::byte*>(addresses.at(static_cast<std::size_t>(i)));
    // A return address is that of the next instruction, which may belong to another line.
    const bool is_fault = skipped == signal_frames && i == skipped;
    if (!is_fault) --address;
    if (place(address, note.frames.at(note.frame_count))) ++note.frame_count;
  }
  struct {
    message_header header;
    crash_note note;
  } message{{message_kind::crashed, 0, sizeof note, note_nonce}, note};
  [[maybe_unused]] const auto written = write(note_descriptor, &message, sizeof message);
}

std::uint64_t stack_pointer(const void* context) {
  const auto& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return static_cast<std::uint64_t>(machine.gregs[REG_RSP]);
#elif defined(__aarch64__)
  return machine.sp;
#else
  return 0;
#endif
}

extern "C" void on_fatal_signal(int signal, siginfo_t* info, void* context) {
  crash_note note{};
  note.signal = signal;
  if (signal == SIGSEGV || signal == SIGBUS) {
    note.address = reinterpret_cast<std::uint64_t>(info->si_addr);
    constexpr std::uint64_t reach = 65536;
    const std::uint64_t stack = stack_pointer(context);
    note.is_stack_overflow = note.address + reach > stack && note.address < stack + reach ? 1 : 0;
    if (const auto place = find_guarded(info->si_addr)) {
      note.is_guarded = 1;
      note.place = *place;
    }
  }
  send(note, signal_frames);
  static_cast<void>(raise(signal));  // the handler is gone already: this ends the process
}

/// A worker leaves by _exit: whoever gets here was called by a plugin.
void on_exit_called(int status, void*) {
  crash_note note{};
  note.exit_status = status;
  send(note, exit_frames);
  _exit(status);
}

std::string what_happened(const crash_note& note) {
  if (note.signal == 0) return fmt::format("a plugin called exit({})", note.exit_status);
  std::string name = signal_name(note.signal);
  if (note.is_guarded != 0) return fmt::format("{}: {}", name, describe(note.place));
  if (note.is_stack_overflow != 0) return fmt::format("{}: the stack overflowed", name);
  if (note.signal != SIGSEGV && note.signal != SIGBUS) return name;
  if (note.address < 4096) return fmt::format("{}: went through a null pointer", name);
  return fmt::format("{}: touched memory at {:#x}", name, note.address);
}

using steady = std::chrono::steady_clock;

/// Becomes addr2line, which reads what a plugin's author, or a plugin, has made: it can write and start
/// nothing, and takes no more than this.
[[noreturn]] void become(std::vector<std::string> command, int output) {
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (std::string& each : command) words.push_back(each.data());
  words.push_back(nullptr);
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nowhere, STDIN_FILENO);
  dup2(nowhere, STDERR_FILENO);
  dup2(output, STDOUT_FILENO);
  close_range(STDERR_FILENO + 1, ~0U, 0);
  const rlimit memory{std::size_t{4} << 30U, std::size_t{4} << 30U};
  setrlimit(RLIMIT_AS, &memory);
  try {
    confine(confined_for::program);
    execvp(words[0], words.data());
  } catch (const std::exception&) {  // nothing is looked up then
  }
  _exit(1);
}

/// What addr2line answers, two lines for each offset into the object: function and place. Empty if it is not
/// there or says nothing until the deadline.
std::vector<std::string> look_up(const std::string& object, std::span<const crash_frame> frames,
                                 steady::time_point deadline) {
  std::vector<std::string> command{"addr2line", "-Cfs", "-e", object};
  for (const crash_frame& each : frames) command.push_back(fmt::format("{:#x}", each.offset));
  std::string text;
  try {
    pipe_ends output = make_pipe();
    const child_process running = child_process::fork([&] { become(command, output.write.get()); });
    output.write.close();
    constexpr std::size_t most = 65536;
    std::array<std::byte, 4096> buffer{};
    const auto read = [&] { return read_until(output.read.get(), buffer, deadline); };
    for (auto count = read(); count && *count > 0 && text.size() < most; count = read()) {
      text.append(reinterpret_cast<const char*>(buffer.data()), *count);
    }
  } catch (const process_error&) {  // there is no room for one more process
  }
  std::istringstream answer(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(answer, line);) lines.push_back(line);
  return lines;
}

std::string this_program() {
  std::error_code unknown;
  return std::filesystem::read_symlink("/proc/self/exe", unknown).string();
}

std::string object_of(const crash_frame& frame) {
  return {frame.object.data(), strnlen(frame.object.data(), frame.object.size())};
}

/// "step at my_opt.cpp:31 (my_opt.so)" as far as it is known.
std::string describe_frame(const crash_frame& frame, std::string_view function, std::string_view line) {
  const std::string object = object_of(frame);
  const std::string name = object.empty() ? "ravine" : std::filesystem::path(object).filename().string();
  if (function.empty() || function.starts_with('?')) return fmt::format("{}+{:#x}", name, frame.offset);
  if (line.empty() || line.starts_with('?') || line.starts_with(':'))
    return fmt::format("{} ({})", function, name);
  // "my_opt.cpp:31 (discriminator 2)"
  return fmt::format("{} at {} ({})", function, line.substr(0, line.find(' ')), name);
}

/// System libraries have a version behind the ending, libc.so.6; a plugin that is being built has a number.
bool is_of_system(const std::string& object) {
  const std::string name = std::filesystem::path(object).filename().string();
  const std::size_t version = name.find(".so.");
  return version != std::string::npos && (name.starts_with("lib") || name.starts_with("ld-"));
}

bool is_of_plugin(const crash_frame& frame) {
  return object_of(frame).find(".so") != std::string::npos && !is_of_system(object_of(frame));
}

/// Up to the outermost in a plugin: how the host came to call that says nothing of the crash.
std::span<const crash_frame> telling(std::span<const crash_frame> frames) {
  const auto last = std::find_if(frames.rbegin(), frames.rend(), is_of_plugin);
  return last == frames.rend() ? frames : frames.first(static_cast<std::size_t>(frames.rend() - last));
}

std::string describe_frames(std::span<const crash_frame> frames) {
  std::string text;
  const steady::time_point deadline = steady::now() + std::chrono::seconds(5);
  while (!frames.empty()) {  // those of one object at a time, since addr2line takes its time to read one
    const std::string object = object_of(frames[0]);
    const auto other =
        std::ranges::find_if(frames, [&](const crash_frame& each) { return object_of(each) != object; });
    const auto same = frames.first(static_cast<std::size_t>(other - frames.begin()));
    std::vector<std::string> lines = look_up(object.empty() ? this_program() : object, same, deadline);
    lines.resize(2 * same.size());
    for (std::size_t i = 0; i < same.size(); ++i) {
      text += "\n  " + describe_frame(same[i], lines[2 * i], lines[2 * i + 1]);
    }
    frames = frames.subspan(same.size());
  }
  return text;
}

}  // namespace

void send_crash_notes(int descriptor, std::uint64_t nonce) {
  const bool is_set_up = note_descriptor >= 0;
  note_descriptor = descriptor;
  note_nonce = nonce;
  if (is_set_up) return;
  std::array<void*, 1> warm_up{};
  backtrace(warm_up.data(), 1);  // its first call loads a library, which a handler must not
  stack_t stack{};
  stack.ss_sp = handler_stack.data();
  stack.ss_size = handler_stack.size();
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_fatal_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | static_cast<int>(SA_RESETHAND) | SA_NODEFER;
  for (const int signal : fatal_signals) sigaction(signal, &action, nullptr);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  on_exit(on_exit_called, nullptr);
}

std::string describe(const crash_note& note) {
  const auto count = std::min<std::size_t>(note.frame_count, note.frames.size());
  return what_happened(note) + describe_frames(telling(std::span(note.frames).first(count)));
}

std::string signal_name(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

}  // namespace ravine
