#include "program.hpp"

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// ravine plugins build --link: libraries that a plugin needs besides OpenBLAS.
namespace {

using namespace ravine::testing;
using ::testing::HasSubstr;
using ::testing::Not;

/// A plugin whose learning rate is divided by what `declaration` computes.
std::string divided_by(const std::string& declaration, const std::string& call) {
  return "#include <ravine/optimizer.hpp>\n" + declaration + R"(
struct divided {
  static constexpr ravine::about about{"divided", "Gradient descent at a rate that a library divides"};
  static constexpr auto hyper = ravine::hyperparameters(ravine::learning_rate(0.1));
  template <class T>
  void step(ravine::step<T, divided> s) const {
    const T rate = s["lr"] / )" +
         call + R"(;
    s.for_each([=](T& p, T g) { p -= rate * g; });
  }
};
RAVINE_OPTIMIZER(divided)
)";
}

const char* const largest_eigenvalue = R"(
extern "C" void dsyev_(const char*, const char*, const int* n, double* a, const int* lda, double* w,
                       double* work, const int* lwork, int* info);
inline double largest_eigenvalue() {  // 4, without rounding
  double a[4] = {4, 0, 0, 1}, w[2], work[8];
  const int n = 2, room = 8;
  int info = 0;
  dsyev_("N", "L", &n, a, &n, w, work, &room, &info);
  return info == 0 ? w[1] : 0;
}
)";

const char* const from_a_library = "extern \"C\" double divisor();";
const char* const a_quarter = "step,evaluations,loss,x0,x1\n0,0,25,-4,3\n1,1,6.25,-2,1.5\n";

std::string first_step(const work_folder& folder) {
  // A quarter of the gradient, which is twice the point.
  return run_ravine(folder, {"trace", "divided", "--on", "sphere", "--set", "lr=1", "--steps", "1"}).out;
}

void shell(const work_folder& folder, const std::string& line) {
  ASSERT_EQ(std::system(("cd '" + folder.path().string() + "' && " + line).c_str()), 0) << line;
}

TEST(plugin_link, calls_lapack_through_its_name) {
  const work_folder folder;
  folder.write("divided.cpp", divided_by(largest_eigenvalue, "largest_eigenvalue()"));
  const outcome built =
      run_ravine(folder, {"plugins", "build", "divided.cpp", "--link", "lapack", "--verbose"});
  ASSERT_EQ(built.status, 0) << built.err;
  EXPECT_THAT(built.err, HasSubstr(" -llapack "));
  EXPECT_EQ(first_step(folder), a_quarter);
}

TEST(plugin_link, has_lapack_of_openblas_without_asking) {
  const work_folder folder;
  folder.write("divided.cpp", divided_by(largest_eigenvalue, "largest_eigenvalue()"));
  const outcome built = run_ravine(folder, {"plugins", "build", "divided.cpp"});
  ASSERT_EQ(built.status, 0) << built.err;
  EXPECT_EQ(first_step(folder), a_quarter);
}

TEST(plugin_link, takes_paths_of_shared_and_static_libraries) {
  for (const std::string kind : {"libdivisor.so", "libdivisor.a"}) {
    const work_folder folder;
    folder.write("divisor.c", "double divisor(void) { return 4; }\n");
    shell(folder, "mkdir 'a, b' && cc -fPIC -c divisor.c -o divisor.o");
    shell(folder, kind == "libdivisor.a"
                      ? "ar rcs 'a, b/libdivisor.a' divisor.o"
                      : "cc -shared -Wl,-soname,libdivisor.so divisor.o -o 'a, b/libdivisor.so'");
    folder.write("divided.cpp", divided_by(from_a_library, "divisor()"));
    const outcome built = run_ravine(folder, {"plugins", "build", "divided.cpp", "--link", "a, b/" + kind});
    ASSERT_EQ(built.status, 0) << built.err;
    EXPECT_EQ(first_step(folder), a_quarter) << kind;
  }
}

TEST(plugin_link, tells_which_library_is_not_found_and_what_to_do) {
  const work_folder folder;
  folder.write("divided.cpp", divided_by(from_a_library, "divisor()"));
  const outcome unknown = run_ravine(folder, {"plugins", "build", "divided.cpp", "--link", "nowhere_at_all"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.err, HasSubstr("the linker finds neither libnowhere_at_all.so nor libnowhere_at_all.a: "
                                     "install the package with its development files, or give the library's "
                                     "path: --link /path/to/libnowhere_at_all.so"));
  EXPECT_THAT(unknown.err, HasSubstr("nothing was installed"));
  const outcome missing =
      run_ravine(folder, {"plugins", "build", "divided.cpp", "--link", "./libdivisor.so"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.err, HasSubstr("--link: ./libdivisor.so: there is no such file"));
  const outcome option = run_ravine(folder, {"plugins", "build", "divided.cpp", "--link=-lz"});
  EXPECT_EQ(option.status, 1);
  EXPECT_THAT(option.err, HasSubstr("--link: found -lz, expected a library's name, such as lapack"));
}

TEST(plugin_link, names_the_function_that_no_library_has) {
  const work_folder folder;
  folder.write("divided.cpp", divided_by(from_a_library, "divisor()"));
  const outcome built = run_ravine(folder, {"plugins", "build", "divided.cpp", "--link", "z"});
  EXPECT_EQ(built.status, 1);
  EXPECT_THAT(built.err,
              HasSubstr("divisor is in none of the libraries: name the one that has it with --link"));
  EXPECT_THAT(built.err, Not(HasSubstr("the linker finds neither")));
}

}  // namespace
