#pragma once

#include "process/guarded_memory.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace ravine {

/// A return address, by the object that it lies in: other processes may not have loaded that.
struct crash_frame {
  std::array<char, 256> object;  ///< path, "" for the program itself
  std::uint64_t offset;          ///< into the object, as it is linked
};

/// What a dying process says of itself, written by a signal handler.
struct crash_note {
  std::int32_t signal;       ///< 0: a plugin ended the process
  std::int32_t exit_status;  ///< if signal is 0
  std::uint64_t address;     ///< that was touched, for memory faults
  std::uint8_t is_stack_overflow;
  std::uint8_t is_guarded;  ///< `place` says what the address belongs to
  std::uint16_t frame_count;
  std::uint32_t reserved;
  guarded_place place;
  std::array<crash_frame, 8> frames;  ///< innermost first
};

/// From now on a fatal signal, or a call of exit, sends a crash_note through that descriptor before the
/// process ends. In a process whose parent had asked for the same, through another descriptor, the new one
/// holds.
void send_crash_notes(int descriptor, std::uint64_t nonce = 0);

/// "SIGSEGV: reached 8 bytes past the end of state m", and below it where, one line a frame, up to the
/// outermost in a plugin: with function and line where binutils are installed and the object has debug
/// information. They are looked up by a confined process, for at most 5 s; a process that is confined itself
/// can't start one, and gives offsets.
std::string describe(const crash_note& note);

/// "SIGKILL", or "signal 42" for one without a name.
std::string signal_name(int signal);

}  // namespace ravine
