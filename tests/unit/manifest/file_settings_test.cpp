#include "core/sha256.hpp"
#include "data/data_source.hpp"
#include "manifest/manifest.hpp"
#include "train/trial.hpp"
#include "train/trial_observer.hpp"
#include "trial/spec_bytes.hpp"
#include "unit/plugin_support.hpp"
#include "unit/unwatched.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Settings of models that name a file: its content belongs to what a trial is.
namespace ravine {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::unwatched;

class file_settings : public ::testing::Test {
 protected:
  file_settings() { write("abc"); }

  std::string path() const { return (folder_.path() / "start.bin").string(); }
  void write(const std::string& text) const { std::ofstream(path(), std::ios::binary) << text; }

  static const registry& plugins() {
    static const registry loaded = [] {
      registry found;
      found.scan(RAVINE_TEST_PLUGIN_DIR);
      found.load(testing::test_object("file_model"));
      return found;
    }();
    return loaded;
  }

  plan parse(const std::string& with) const {
    const std::string digits = "data: {use: digits, with: {train: 20, validation: 0, test: 5}}";
    return parse_manifest("problems: [{use: file_model, with: {" + with + "}, " + digits +
                              "}]\ntrain: {epochs: 1}\noptimizers: [{use: sgd}]\n",
                          "test.yaml", {}, plugins());
  }
  std::string errors_of(const std::string& with) const {
    try {
      parse(with);
    } catch (const manifest_error& errors) {
      return errors.what();
    }
    return "";
  }

 private:
  testing::plugin_folder folder_;
};

TEST_F(file_settings, put_the_digest_of_the_file_into_the_trial) {
  const planned_trial first = parse("start: " + path()).trials.front();
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(first.spec.problem.model.file_sha256.at("start"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_THAT(to_json(first.spec), HasSubstr(R"("file_sha256":{"start":"ba7816bf)"));
  EXPECT_EQ(spec_from_bytes(to_bytes(first.spec)).problem.model, first.spec.problem.model);
  EXPECT_EQ(parse("start: " + path()).trials.front().hash, first.hash);
  write("abd");
  EXPECT_NE(parse("start: " + path()).trials.front().hash, first.hash);
}

TEST_F(file_settings, leave_the_trials_of_other_models_what_they_were) {
  const std::string softmax = to_json(
      parse_manifest(
          "problems: [{use: softmax, data: {use: digits}}]\ntrain: {epochs: 1}\noptimizers: [{use: sgd}]\n",
          "test.yaml", {}, plugins())
          .trials.front()
          .spec);
  EXPECT_EQ(softmax.find("file_sha256"), std::string::npos);
  EXPECT_EQ(softmax.find("shift"), std::string::npos)
      << "nor have options of data that came later a part in it";
}

TEST_F(file_settings, must_name_a_file_that_is_there) {
  EXPECT_THAT(errors_of(""), HasSubstr("with: start is missing (a byte for each parameter)"));
  EXPECT_THAT(errors_of("start: " + path() + "x"),
              HasSubstr("with.start: " + path() + "x: there is no such file; paths begin at"));
  EXPECT_THAT(errors_of("start: " + fs::path(path()).parent_path().string()),
              HasSubstr("found a folder, expected a regular file"));
  EXPECT_THAT(errors_of("start: ''"), HasSubstr("with.start: found nothing, expected the path of a file"));
  write("");
  EXPECT_THAT(errors_of("start: " + path()), HasSubstr("start.bin: it is empty"));
}

TEST_F(file_settings, reach_the_model_and_must_not_have_changed) {
  const trial_spec spec = parse("start: " + path()).trials.front().spec;
  const dataset data = load_dataset(*spec.problem.data);
  const auto first_curve = [&] {
    unwatched observer;
    return run_trial(spec, plugins(), &data, observer);
  };
  EXPECT_EQ(first_curve().status, trial_status::completed);
  write("abd");
  const trial_result changed = first_curve();
  EXPECT_EQ(changed.status, trial_status::failed);
  EXPECT_THAT(changed.reason, HasSubstr("has changed since the trial was planned: its SHA-256 is " +
                                        sha256_file(path()) + ", expected ba7816bf"));
}

TEST_F(file_settings, are_read_once_and_given_to_the_plugin) {
  const component& which = plugins().get(component_kind::model, "file_model");
  const std::vector<std::uint64_t> shape{1, 2};
  const rv_data_spec data{sizeof(rv_data_spec), 0, 2, shape.data(), 2, 4, 1};
  model made(which, &data, {{"start", path()}}, RV_F64);
  std::vector<double> params(6);
  made.init(1, params.data());
  EXPECT_EQ(params, (std::vector<double>{97.0 / 256, 98.0 / 256, 99.0 / 256, 0, 0, 0}));
  EXPECT_EQ(made.file_digests().at("start"), sha256_file(path()));
  model without(which, &data, {}, RV_F64);  // as checks make it
  without.init(1, params.data());
  EXPECT_EQ(params, std::vector<double>(6));
}

}  // namespace
}  // namespace ravine
