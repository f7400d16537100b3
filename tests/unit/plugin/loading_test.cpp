#include "core/sha256.hpp"
#include "unit/plugin_support.hpp"

#include <cfloat>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

// What lies in a plugin folder and can't be loaded. Each is listed with its reason, and hides no other.
namespace ravine {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::plugin_folder;
using ::testing::StartsWith;
using testing::test_object;

std::string contents(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const fs::path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

/// Scans the folder, into which a good plugin is put that sorts after everything else, and gives the reason
/// for refusing `bad`. Fails if the good one was not found.
std::string reason(const plugin_folder& folder, const fs::path& bad) {
  folder.add("c_sign", "zzz_good");
  registry loaded;
  loaded.scan(folder.path());
  EXPECT_NE(loaded.find(component_kind::optimizer, "c_sign"), nullptr)
      << "the good plugin beside it was lost";
  EXPECT_EQ(loaded.rejected().size(), 1U);
  if (loaded.rejected().empty()) return "";
  EXPECT_EQ(loaded.rejected().front().path, bad);
  return loaded.rejected().front().reason;
}

TEST(loading, refuses_a_file_that_is_no_elf) {
  const plugin_folder folder;
  const fs::path file = folder.path() / "notes.so";
  write(file, "These are notes about gradients, not a plugin, and long enough for an ELF header.");
  EXPECT_THAT(reason(folder, file), HasSubstr("it is not a shared object (81 bytes, no ELF header)"));
}

TEST(loading, refuses_an_empty_file) {
  const plugin_folder folder;
  const fs::path file = folder.path() / "empty.so";
  write(file, "");
  EXPECT_THAT(reason(folder, file), HasSubstr("it is not a shared object (0 bytes"));
}

TEST(loading, refuses_a_truncated_file_wherever_it_ends) {
  const std::string whole = contents(test_object("c_bowl"));
  ASSERT_GT(whole.size(), 1000U);
  for (int part = 1; part < 32; ++part) {
    const plugin_folder folder;
    const fs::path file = folder.path() / "short.so";
    write(file, whole.substr(0, whole.size() * static_cast<std::size_t>(part) / 32));
    EXPECT_THAT(reason(folder, file), HasSubstr("it is truncated")) << part << "/32 of the file";
  }
  const plugin_folder folder;
  const fs::path file = folder.path() / "short.so";
  write(file, whole.substr(0, 20));
  EXPECT_THAT(reason(folder, file), HasSubstr("it is truncated: 20 bytes"));
}

/// The reason for refusing a good plugin in which one byte was changed.
std::string reason_with_byte(std::size_t place, char value) {
  const plugin_folder folder;
  const fs::path file = folder.path() / "patched.so";
  std::string bytes = contents(test_object("c_bowl"));
  bytes.at(place) = value;
  write(file, bytes);
  return reason(folder, file);
}

TEST(loading, refuses_another_processors_object) {
  constexpr std::size_t e_machine = 18;
#if defined(__aarch64__)
  EXPECT_THAT(reason_with_byte(e_machine, 62),
              HasSubstr("it was built for x86-64, this program for AArch64"));
#else
  EXPECT_THAT(reason_with_byte(e_machine, static_cast<char>(183)),
              HasSubstr("it was built for AArch64, this program"));
#endif
  constexpr std::size_t class_byte = 4;
  EXPECT_THAT(reason_with_byte(class_byte, 1), HasSubstr("32-bit"));
  constexpr std::size_t byte_order = 5;
  EXPECT_THAT(reason_with_byte(byte_order, 2), HasSubstr("byte order"));
}

TEST(loading, refuses_an_object_that_is_not_shared) {
  constexpr std::size_t e_type = 16;
  EXPECT_THAT(reason_with_byte(e_type, 1), HasSubstr("link it with -shared"));
}

TEST(loading, passes_on_what_the_dynamic_loader_says) {
  // Whole, as far as its headers tell, but with no segment to load.
  constexpr std::size_t e_phnum = 56;
  EXPECT_THAT(reason_with_byte(e_phnum, 0), HasSubstr("the dynamic loader refused it: "));
}

TEST(loading, refuses_a_folder_and_a_dangling_link_with_a_plugins_name) {
  const plugin_folder folder;
  const fs::path file = folder.path() / "folder.so";
  fs::create_directory(file);
  EXPECT_THAT(reason(folder, file), HasSubstr("found a folder, expected a regular file"));
  const plugin_folder other;
  const fs::path link = other.path() / "link.so";
  fs::create_symlink("/no/such/plugin", link);
  EXPECT_THAT(reason(other, link), HasSubstr("No such file"));
}

TEST(loading, refuses_a_file_that_others_can_write_to) {
  const plugin_folder folder;
  const fs::path file = folder.add("c_bowl");
  fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  EXPECT_THAT(reason(folder, file),
              StartsWith("others can write to it; mend it with chmod o-w " + file.string()));
}

TEST(loading, refuses_a_folder_that_others_can_write_to) {
  const plugin_folder folder;
  folder.add("c_bowl");
  fs::permissions(folder.path(), fs::perms::others_write, fs::perm_options::add);
  registry loaded;
  loaded.scan(folder.path());
  ASSERT_EQ(loaded.rejected().size(), 1U);
  EXPECT_THAT(loaded.rejected()[0].reason,
              StartsWith("others can write to it; mend it with chmod o-w " + folder.path().string()));
  EXPECT_TRUE(loaded.all(component_kind::model).empty());
}

/// Takes on the rights of an ordinary user for a while: root may read everything.
class ordinary_user {
 public:
  /// `folder`: what the user must be able to reach.
  explicit ordinary_user(const fs::path& folder) : is_ordinary_(geteuid() != 0 || seteuid(65534) == 0) {
    std::error_code problem;
    is_ordinary_ = is_ordinary_ && fs::exists(folder, problem);
  }
  ~ordinary_user() {
    if (geteuid() != getuid() && seteuid(getuid()) != 0) std::abort();
  }
  ordinary_user(const ordinary_user&) = delete;
  ordinary_user& operator=(const ordinary_user&) = delete;
  bool is_ordinary() const { return is_ordinary_; }

 private:
  bool is_ordinary_;
};

TEST(loading, refuses_an_unreadable_file) {
  const plugin_folder folder;
  const fs::path file = folder.add("c_bowl");
  folder.add("c_sign");
  fs::permissions(file, fs::perms::none);
  registry loaded;
  {
    const ordinary_user user(folder.path());
    if (!user.is_ordinary())
      GTEST_SKIP() << "root reads every file, and this root may not become another user";
    loaded.scan(folder.path());
  }
  EXPECT_NE(loaded.find(component_kind::optimizer, "c_sign"), nullptr);
  ASSERT_EQ(loaded.rejected().size(), 1U);
  EXPECT_EQ(loaded.rejected()[0].path, file);
  EXPECT_EQ(loaded.rejected()[0].reason,
            "it can't be read (Permission denied); mend it with chmod u+r " + file.string());
}

TEST(loading, refuses_an_unreadable_folder) {
  const plugin_folder folder;
  folder.add("c_sign");
  fs::permissions(folder.path(), fs::perms::none);
  registry loaded;
  {
    const ordinary_user user(folder.path());
    if (!user.is_ordinary())
      GTEST_SKIP() << "root reads every folder, and this root may not become another user";
    loaded.scan(folder.path());
  }
  ASSERT_EQ(loaded.rejected().size(), 1U);
  EXPECT_EQ(loaded.rejected()[0].reason,
            "it can't be read (Permission denied); mend it with chmod u+rx " + folder.path().string());
}

TEST(loading, says_so_when_a_folder_is_empty) {
  const plugin_folder folder;
  registry loaded;
  loaded.scan(folder.path());
  EXPECT_TRUE(loaded.rejected().empty());
  EXPECT_EQ(testing::plugin_error_of([&] { loaded.get(component_kind::optimizer, "adam"); }),
            "there is no optimizer named adam; no optimizer was found in " + folder.path().string());
}

TEST(loading, lists_a_folder_that_is_not_there) {
  registry loaded;
  loaded.scan("/no/such/folder");
  loaded.scan(test_object("c_sign"));
  ASSERT_EQ(loaded.rejected().size(), 2U);
  EXPECT_EQ(loaded.rejected()[0].reason, "there is no such folder");
  EXPECT_EQ(loaded.rejected()[1].reason, "it is not a folder");
}

TEST(loading, leaves_files_of_other_names_alone) {
  const plugin_folder folder;
  write(folder.path() / "README.md", "plugins");
  write(folder.path() / "c_sign.so.tmp", "half");
  folder.add("c_sign");
  registry loaded;
  loaded.scan(folder.path());
  EXPECT_TRUE(loaded.rejected().empty());
  EXPECT_EQ(loaded.all(component_kind::optimizer).size(), 1U);
}

TEST(loading, finds_every_shipped_plugin) {
  const registry& shipped = testing::shipped_plugins();
  EXPECT_TRUE(shipped.rejected().empty());
  EXPECT_TRUE(shipped.shadowed().empty());
  for (const char* id : {"sgd", "momentum", "adam"})
    EXPECT_NE(shipped.find(component_kind::optimizer, id), nullptr) << id;
  for (const char* id : {"constant", "step_decay", "cosine", "warmup"}) {
    EXPECT_NE(shipped.find(component_kind::scheduler, id), nullptr) << id;
  }
  for (const char* id : {"softmax", "mlp", "rosenbrock", "beale"}) {
    EXPECT_NE(shipped.find(component_kind::model, id), nullptr) << id;
  }
}

TEST(loading, tells_the_file_and_its_digest) {
  const registry loaded = testing::load_test_object("c_sign");
  const plugin_file& file = *loaded.get(component_kind::optimizer, "c_sign").file;
  EXPECT_EQ(file.path, test_object("c_sign"));
  EXPECT_EQ(file.sha256, sha256_file(test_object("c_sign")));
  EXPECT_EQ(file.name, "c_sign");
  EXPECT_EQ(file.version, "1.2.3");
  EXPECT_EQ(file.author, "Ravine's tests");
  EXPECT_EQ(file.license, "BSD-3-Clause");
}

TEST(loading, lists_a_component_that_an_earlier_one_shadows) {
  registry loaded;
  loaded.scan(RAVINE_TEST_PLUGIN_DIR);
  const plugin_folder folder;
  const fs::path file = folder.add("another_sgd");
  loaded.scan(folder.path());
  EXPECT_TRUE(loaded.rejected().empty());
  ASSERT_EQ(loaded.shadowed().size(), 1U);
  const fs::path shipped = fs::path(RAVINE_TEST_PLUGIN_DIR) / "sgd.so";
  EXPECT_EQ(loaded.shadowed()[0].id, "sgd");
  EXPECT_EQ(loaded.shadowed()[0].path, file);
  EXPECT_EQ(loaded.shadowed()[0].by, shipped);
  EXPECT_EQ(loaded.get(component_kind::optimizer, "sgd").file->path, shipped);
}

TEST(loading, names_the_nearest_component) {
  EXPECT_EQ(
      testing::plugin_error_of([] { testing::shipped_plugins().get(component_kind::optimizer, "adm"); }),
      "there is no optimizer named adm; did you mean adam?");
}

TEST(loading, puts_the_floating_point_control_word_back) {
  volatile double smallest = DBL_MIN;
  ASSERT_GT(smallest / 2, 0.0);
  testing::load_test_object("flush_to_zero");
  EXPECT_GT(smallest / 2, 0.0)
      << "the plugin's start-up code now flushes subnormal numbers to zero everywhere";
}

TEST(loading, opens_a_file_again_for_another_registry) {
  const registry first = testing::load_test_object("c_sign");
  const registry second = testing::load_test_object("c_sign");
  EXPECT_EQ(functions_of(first.get(component_kind::optimizer, "c_sign")),
            functions_of(second.get(component_kind::optimizer, "c_sign")));
}

}  // namespace
}  // namespace ravine
