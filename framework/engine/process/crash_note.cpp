#include "process/crash_note.hpp"

#include "process/child_process.hpp"
#include "process/descriptor.hpp"
#include "process/message.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <string>

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
constexpr int handler_frames = 2;  // backtrace begins with the handler and what called it

// A signal handler can reach nothing but globals.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
int note_descriptor = -1;
std::uint64_t note_nonce = 0;
alignas(16) std::array<std::byte, 65536> handler_stack;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

/// Where the address lies; false if in no object that the loader knows. Locks nothing, unlike dladdr.
bool place(void* address, crash_frame& into) {
  dl_find_object found{};
  if (_dl_find_object(address, &found) != 0) return false;
  const link_map& object = *found.dlfo_link_map;
  std::strncpy(into.object.data(), object.l_name, into.object.size() - 1);
  // A return address is that of the next instruction, which may belong to another line.
  into.offset = reinterpret_cast<std::uint64_t>(address) - object.l_addr - 1;
  return true;
}

void send(crash_note& note) {
  std::array<void*, std::tuple_size_v<decltype(note.frames)> + handler_frames> addresses{};
  const int found = backtrace(addresses.data(), static_cast<int>(addresses.size()));
  for (int i = handler_frames; i < found; ++i) {
    if (place(addresses.at(static_cast<std::size_t>(i)), note.frames.at(note.frame_count)))
      ++note.frame_count;
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
  send(note);
  static_cast<void>(raise(signal));  // the handler is gone already: this ends the process
}

/// A worker leaves by _exit: whoever gets here was called by a plugin.
void on_exit_called(int status, void*) {
  crash_note note{};
  note.exit_status = status;
  send(note);
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

/// The two lines that addr2line answers, function and place; empty if it is not there or says nothing in
/// time.
std::array<std::string, 2> look_up(const std::string& object, std::uint64_t offset) {
  std::array<std::string, 2> lines;
  try {
    pipe_ends output = make_pipe();
    program reader{{"addr2line", "-Cfs", "-e", object, fmt::format("{:#x}", offset)}};
    reader.output = output.write.get();
    const descriptor nowhere(open("/dev/null", O_RDWR | O_CLOEXEC));
    reader.input = reader.errors = nowhere.get();
    const child_process running = child_process::start(reader);
    output.write.close();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    std::string text;
    std::array<std::byte, 1024> buffer{};
    for (auto count = read_until(output.read.get(), buffer, deadline);
         count && *count > 0 && text.size() < 65536;
         count = read_until(output.read.get(), buffer, deadline)) {
      text.append(reinterpret_cast<const char*>(buffer.data()), *count);
    }
    std::istringstream answer(text);
    for (std::string& line : lines) std::getline(answer, line);
  } catch (const process_error&) {  // it is not installed
  }
  return lines;
}

/// "step at my_opt.cpp:31 (my_opt.so)" as far as it is known.
std::string describe_frame(const crash_frame& frame) {
  const std::string given(frame.object.data(), strnlen(frame.object.data(), frame.object.size()));
  const std::string object = given.empty() ? "/proc/self/exe" : given;
  const std::string name = given.empty() ? "ravine" : std::filesystem::path(given).filename().string();
  const auto [function, line] = look_up(object, frame.offset);
  if (function.empty() || function.starts_with('?')) return fmt::format("{}+{:#x}", name, frame.offset);
  const bool has_line = !line.empty() && !line.starts_with('?');
  // "my_opt.cpp:31 (discriminator 2)"
  return function + (has_line ? " at " + line.substr(0, line.find(' ')) : "") + fmt::format(" ({})", name);
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
  std::string text = what_happened(note);
  const auto count = std::min<std::size_t>(note.frame_count, note.frames.size());
  for (std::size_t i = 0; i < count; ++i) {
    text += "\n  " + describe_frame(note.frames.at(i));
  }
  return text;
}

std::string signal_name(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

}  // namespace ravine
