#pragma once

#include <cstdint>

#include <SQLiteCpp/Database.h>

namespace ravine {

/// Has SQLite take nothing in the file on trust: what its schema calls, the shape of its pages, and the sizes
/// of statements. Adds the SQL function ravine_checksum(…), which is checksum_of.
void distrust(SQLite::Database& database);

/// Ends a question to a database that takes far longer than any of ours to a file of that size: pages that
/// refer to each other in circles make a tree that no query gets through.
class work_limit {
 public:
  explicit work_limit(SQLite::Database& database);
  ~work_limit();
  work_limit(const work_limit&) = delete;
  work_limit& operator=(const work_limit&) = delete;

  /// Gives the next question all of it.
  void renew() { spent_ = 0; }

 private:
  static int spend(void* limit);

  SQLite::Database& database_;
  std::uint64_t most_;  // in pieces of a million instructions of SQLite's virtual machine
  std::uint64_t spent_ = 0;
};

}  // namespace ravine
