#include "validate/elf_facts.hpp"

#include "plugin/component.hpp"
#include "plugin/object_file.hpp"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>

#include <elf.h>

namespace ravine {
namespace {

/// A file's bytes, of which nothing beyond the end is read.
class image {
 public:
  explicit image(const std::filesystem::path& file)
      : bytes_(std::istreambuf_iterator<char>(std::ifstream(file, std::ios::binary).rdbuf()), {}) {}

  template <class T>
  T at(std::uint64_t offset) const {
    require(offset, sizeof(T));
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }

  std::string text(std::uint64_t offset) const {
    require(offset, 1);
    const std::string_view rest = std::string_view(bytes_).substr(offset);
    return std::string(rest.substr(0, rest.find('\0')));
  }

 private:
  void require(std::uint64_t offset, std::uint64_t length) const {
    if (offset > bytes_.size() || length > bytes_.size() - offset) {
      throw plugin_error("its headers point beyond its end; build or copy it again");
    }
  }

  std::string bytes_;
};

bool is_exported(const Elf64_Sym& symbol) {
  const auto binding = ELF64_ST_BIND(symbol.st_info);
  const auto visibility = ELF64_ST_VISIBILITY(symbol.st_other);
  return symbol.st_shndx != SHN_UNDEF &&
         (binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE) &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

std::vector<std::string> exported_symbols(const image& file, const Elf64_Ehdr& header) {
  std::vector<std::string> names;
  const auto section = [&](std::uint64_t i) {
    return file.at<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr));
  };
  for (Elf64_Half i = 0; i < header.e_shnum; ++i) {
    const Elf64_Shdr table = section(i);
    if (table.sh_type != SHT_DYNSYM) continue;
    const Elf64_Shdr strings = section(table.sh_link);
    for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= table.sh_size; at += sizeof(Elf64_Sym)) {
      const auto symbol = file.at<Elf64_Sym>(table.sh_offset + at);
      if (is_exported(symbol)) names.push_back(file.text(strings.sh_offset + symbol.st_name));
    }
  }
  return names;
}

/// Without a header that speaks of the stack, the loader assumes the worst.
bool has_executable_stack(const image& file, const Elf64_Ehdr& header) {
  for (Elf64_Half i = 0; i < header.e_phnum; ++i) {
    const auto segment = file.at<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type == PT_GNU_STACK) return (segment.p_flags & PF_X) != 0;
  }
  return true;
}

}  // namespace

elf_facts read_elf_facts(const std::filesystem::path& file) {
  check_object_file(file);
  const image bytes(file);
  const auto header = bytes.at<Elf64_Ehdr>(0);
  return {exported_symbols(bytes, header), has_executable_stack(bytes, header)};
}

}  // namespace ravine
