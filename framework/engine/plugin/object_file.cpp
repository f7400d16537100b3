#include "plugin/object_file.hpp"

#include "core/file_kind.hpp"
#include "plugin/component.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <system_error>

#include <elf.h>
#include <fmt/format.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

#if defined(__x86_64__)
constexpr Elf64_Half this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half this_machine = EM_AARCH64;
#elif defined(__riscv)
constexpr Elf64_Half this_machine = EM_RISCV;
#elif defined(__powerpc64__)
constexpr Elf64_Half this_machine = EM_PPC64;
#else
#error "Name this processor's ELF machine number here."
#endif

constexpr unsigned char this_byte_order =
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;

std::string machine_name(Elf64_Half machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "AArch64";
    case EM_386:
      return "32-bit x86";
    case EM_ARM:
      return "32-bit ARM";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "PowerPC";
    default:
      return fmt::format("ELF machine {}", machine);
  }
}

/// Reads plain structs from anywhere in a file.
class object_reader {
 public:
  explicit object_reader(const fs::path& file) : size_(fs::file_size(file)), stream_(file, std::ios::binary) {
    if (!stream_) {
      throw plugin_error(fmt::format("it can't be read ({}); mend it with chmod u+r {}", std::strerror(errno),
                                     file.string()));
    }
  }

  std::uint64_t size() const { return size_; }

  template <class T>
  T read(std::uint64_t offset) {
    T value{};
    stream_.seekg(static_cast<std::streamoff>(offset));
    if (!stream_.read(reinterpret_cast<char*>(&value),
                      sizeof value)) {  // NOLINT: the ELF structs are plain bytes
      throw plugin_error(fmt::format("it is truncated: {} bytes; build or copy it again", size_));
    }
    return value;
  }

  void require(std::uint64_t offset, std::uint64_t length) const {
    if (offset > size_ || length > size_ - offset) {
      throw plugin_error(
          fmt::format("it is truncated: {} bytes, its headers speak of more; build or copy it again", size_));
    }
  }

 private:
  std::uint64_t size_;
  std::ifstream stream_;
};

void check_header(const Elf64_Ehdr& header) {
  if (header.e_ident[EI_CLASS] != ELFCLASS64) {
    throw plugin_error(
        "it was built for a 32-bit processor, this program for a 64-bit one; build it on this machine");
  }
  if (header.e_ident[EI_DATA] != this_byte_order) {
    throw plugin_error("it was built for a processor with the other byte order; build it on this machine");
  }
  if (header.e_machine != this_machine) {
    throw plugin_error(fmt::format("it was built for {}, this program for {}; build it on this machine",
                                   machine_name(header.e_machine), machine_name(this_machine)));
  }
  if (header.e_type != ET_DYN) {
    throw plugin_error("it is an ELF file but not a shared object; link it with -shared");
  }
}

constexpr auto allowing_variable = "RAVINE_ALLOW_WRITABLE";

bool is_allowed() {
  const char* const value = std::getenv(allowing_variable);
  return value != nullptr && *value != '\0' && std::strcmp(value, "0") != 0;
}

}  // namespace

void allow_plugins_writable_by_others() { setenv(allowing_variable, "1", 1); }

void check_not_writable_by_others(const fs::path& path) {
  const fs::perms mode = fs::status(path).permissions();
  if ((mode & fs::perms::others_write) == fs::perms::none || is_allowed()) return;
  throw plugin_error(fmt::format(
      "others can write to it; mend it with chmod o-w {}, or where that changes nothing, as on exFAT "
      "and below /mnt in WSL, move it to another file system; --allow-writable, or {}=1 in the "
      "environment, uses it as it is",
      path.string(), allowing_variable));
}

void check_object_file(const fs::path& file) {
  std::error_code problem;
  if (!fs::is_regular_file(file, problem)) {
    if (problem) throw plugin_error(problem.message());
    throw plugin_error(fmt::format("found {}, expected a regular file", found_instead_of_file(file)));
  }
  check_not_writable_by_others(file);
  object_reader object(file);
  std::array<unsigned char, EI_NIDENT> ident{};
  if (object.size() >= sizeof ident) ident = object.read<decltype(ident)>(0);
  if (std::memcmp(ident.data(), ELFMAG, SELFMAG) != 0) {
    throw plugin_error(fmt::format(
        "it is not a shared object ({} bytes, no ELF header); remove it or build it again", object.size()));
  }
  const auto header = object.read<Elf64_Ehdr>(0);
  check_header(header);
  object.require(header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr));
  object.require(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr));
  for (Elf64_Half i = 0; i < header.e_phnum; ++i) {
    const auto segment = object.read<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type == PT_LOAD) object.require(segment.p_offset, segment.p_filesz);
  }
}

}  // namespace ravine
