#define BOOST_STACKTRACE_USE_ADDR2LINE  // falls back to symbols where binutils are not installed

#include "process/crash_note.hpp"

#include "process/message.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <boost/stacktrace/frame.hpp>
#include <dlfcn.h>
#include <execinfo.h>
#include <fmt/format.h>
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

void send(crash_note& note) {
  std::array<void*, std::tuple_size_v<decltype(note.frames)> + handler_frames> frames{};
  const int found = backtrace(frames.data(), static_cast<int>(frames.size()));
  for (int i = handler_frames; i < found; ++i) {
    note.frames.at(note.frame_count++) =
        reinterpret_cast<std::uint64_t>(frames.at(static_cast<std::size_t>(i)));
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

/// "step at my_opt.cpp:31 (my_opt.so)" as far as it is known.
std::string describe_frame(std::uint64_t address) {
  const auto* const pointer = reinterpret_cast<const void*>(address);  // NOLINT(performance-no-int-to-ptr)
  const boost::stacktrace::frame frame(pointer);
  std::string text = frame.name();
  if (const std::string file = frame.source_file(); !file.empty()) {
    text += fmt::format(" at {}:{}", std::filesystem::path(file).filename().string(), frame.source_line());
  }
  Dl_info object{};
  if (dladdr(pointer, &object) != 0 && object.dli_fname != nullptr) {
    const std::string name = std::filesystem::path(object.dli_fname).filename().string();
    const auto offset = address - reinterpret_cast<std::uint64_t>(object.dli_fbase);
    text += text.empty() ? fmt::format("{}+{:#x}", name, offset) : fmt::format(" ({})", name);
  }
  return text.empty() ? fmt::format("{:#x}", address) : text;
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
  constexpr std::size_t most = 8;
  std::string text = what_happened(note);
  const auto count = std::min<std::size_t>(note.frame_count, note.frames.size());
  for (std::size_t i = 0; i < std::min(count, most); ++i) {
    text += "\n  " + describe_frame(note.frames.at(i));
  }
  return text;
}

std::string signal_name(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

}  // namespace ravine
