#include "data/shared_file.hpp"

#include "data/data_error.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace ravine {

shared_file::shared_file(descriptor file) : file_(std::move(file)) {
  struct stat status {};
  if (fstat(file_.get(), &status) == 0 && status.st_size == 0) return;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const begin = mmap(nullptr, size, PROT_READ, MAP_SHARED, file_.get(), 0);
  if (begin == MAP_FAILED)
    throw data_error(fmt::format("a data set can't be mapped: {}", std::strerror(errno)));
  bytes_ = {static_cast<const std::byte*>(begin), size};
}

shared_file::~shared_file() {
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace ravine
