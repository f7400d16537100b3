// The explorer's server as a program that means it no good would use it.
#include "http_client.hpp"
#include "program.hpp"

#include <chrono>
#include <deque>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* good_manifest =
    R"({"manifest": "problems: [{use: sphere}]\ntrain: {steps: 5}\noptimizers: [{use: sgd, with: {lr: 0.1}}]"})";

class explorer : public ::testing::Test {
 protected:
  explorer() : server_(folder_, {"explore", "--no-open", "--port", "0", "--plugins", folder_.path()}) {
    if (!server_.says("Ctrl-C stops it")) return;
    const std::string said = server_.err();
    const std::size_t begin = said.find("http://127.0.0.1:") + 17;
    port_ = std::stoi(said.substr(begin));
    const std::string page = ask(port_, get("/")).body;
    const std::string mark = "ravine-token\" content=\"";
    token_ = page.substr(page.find(mark) + mark.size(), 32);
  }

  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string get(const std::string& path) const {
    return "GET " + path + " HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n\r\n";
  }
  /// A request with everything that it needs; `more` are further header lines.
  std::string post(const std::string& path, const std::string& body, const std::string& more = "") const {
    return "POST " + path + " HTTP/1.1\r\nHost: " + host() +
           "\r\nConnection: close\r\nX-Ravine-Token: " + token_ +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           more + "\r\n" + body;
  }
  http_answer trace(const std::string& body) const { return ask(port_, post("/api/trace", body)); }
  bool still_serves() const { return trace(good_manifest).status == 200; }

  work_folder folder_;
  program server_;
  int port_ = 0;
  std::string token_;
};

TEST_F(explorer, runs_a_manifest_for_its_own_page) {
  const http_answer answer = trace(good_manifest);
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("status":"completed")"));
}

TEST_F(explorer, answers_to_its_own_name_only) {
  for (const char* name : {"evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1.evil.example", ""}) {
    const std::string request =
        std::string("GET /api/plugins HTTP/1.1\r\nHost: ") + name + "\r\nConnection: close\r\n\r\n";
    EXPECT_EQ(ask(port_, request).status, 403) << name;
  }
  EXPECT_EQ(ask(port_, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n").status, 403);
  EXPECT_EQ(ask(port_, "GET / HTTP/1.1\r\nHost: localhost:" + std::to_string(port_) +
                           "\r\nConnection: close\r\n\r\n")
                .status,
            200);
}

TEST_F(explorer, gives_nothing_to_pages_of_other_origins) {
  EXPECT_EQ(ask(port_, post("/api/trace", good_manifest, "Origin: http://evil.example\r\n")).status, 403);
  EXPECT_EQ(ask(port_, post("/api/trace", good_manifest, "Origin: null\r\n")).status, 403);
  const http_answer own = ask(port_, post("/api/trace", good_manifest, "Origin: http://" + host() + "\r\n"));
  EXPECT_EQ(own.status, 200);
  EXPECT_EQ(own.head.find("Access-Control"), std::string::npos);
  EXPECT_THAT(own.head, HasSubstr("frame-ancestors 'none'"));
}

TEST_F(explorer, runs_nothing_without_the_token) {
  const std::string body = good_manifest;
  for (const std::string& token : {std::string(), std::string("X-Ravine-Token: \r\n"),
                                   "X-Ravine-Token: " + std::string(32, '0') + "\r\n"}) {
    const http_answer answer =
        ask(port_, "POST /api/trace HTTP/1.1\r\nHost: " + host() +
                       "\r\nConnection: close\r\nContent-Type: application/json\r\n" + token +
                       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    EXPECT_EQ(answer.status, 403) << token;
  }
}

TEST_F(explorer, refuses_what_makes_no_sense_and_says_why) {
  const auto manifest = [](const std::string& text) { return R"({"manifest": ")" + text + "\"}"; };
  const std::string sphere = "problems: [{use: sphere}]\\noptimizers: [{use: sgd}]\\n";
  struct request {
    std::string body;
    std::string says;
  };
  const std::vector<request> all{
      {"", "not JSON"},
      {"{", "not JSON"},
      {"\xff\xfe", "not JSON"},
      {std::string(10000, '['), "not JSON"},
      {"[]", "not an object"},
      {"null", "not an object"},
      {"{}", "manifest: found no text"},
      {R"({"manifest": 1})", "manifest: found no text"},
      {manifest("a: ["), "not valid YAML"},
      {manifest("problems: [{use: no_such}]\\noptimizers: [{use: sgd}]"), "no_such"},
      {manifest("problems: [{use: sphere}]\\noptimizers: [{use: no_such}]"), "no_such"},
      {manifest(sphere + "train: {steps: 1e300}"), "train"},
      {manifest(sphere + "train: {steps: 100001}"), "at most 100000 steps"},
      {manifest(sphere + "train: {steps: .nan}"), "train"},
      {manifest(sphere + "train: {steps: -1}"), "train"},
      {manifest(sphere + "train: {seconds: 1}"), "at most 100000 steps"},
      {manifest(sphere + "repetitions: 1000000000"), "repetitions"},
      {manifest(sphere + "repetitions: 13"), "trials"},
      {manifest("problems: [{use: sphere, start: [.nan, 0]}]\\noptimizers: [{use: sgd}]"), "start"},
      {manifest("problems: [{use: mlp, data: {use: digits}}]\\noptimizers: [{use: sgd}]"), "training tab"},
      {manifest("problems: [{use: sphere}, {use: beale}]\\noptimizers: [{use: sgd}]"), "one problem"},
      {manifest(sphere).insert(1, R"("cells": 1e9, )"), "cells"},
      {manifest(sphere).insert(1, R"("cells": 100000, )"), "cells"},
      {manifest(sphere).insert(1, R"("cells": 16, "frame": {"lower": [0, 0]}, )"), "frame"},
      {manifest(sphere).insert(1, R"("cells": 16, "frame": {"lower": [0, 0], "upper": [0, 1]}, )"), "frame"},
      {manifest(sphere).insert(1, R"("cells": 16, "frame": {"lower": [0, 0], "upper": [1e999, 1]}, )"), ""},
      {manifest(sphere).insert(1, R"("cells": 16, "frame": [], )"), "frame"},
  };
  for (const request& each : all) {
    const http_answer answer = trace(each.body);
    EXPECT_EQ(answer.status, 400) << each.body.substr(0, 200) << '\n' << answer.body;
    EXPECT_THAT(answer.body, HasSubstr(each.says)) << each.body.substr(0, 200);
    EXPECT_THAT(answer.body, HasSubstr("\"error\"")) << each.body.substr(0, 200);
  }
  EXPECT_TRUE(still_serves());
}

TEST_F(explorer, survives_requests_that_are_no_http) {
  const std::vector<std::string> all{
      "\r\n\r\n",
      "GET\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      std::string(100000, 'A'),
      "GET /" + std::string(20000, 'a') + " HTTP/1.1\r\nHost: " + host() + "\r\n\r\n",
      "GET /%00%ff%zz HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n\r\n",
      "GET /../../etc/passwd HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n\r\n",
      "POST /api/trace HTTP/1.1\r\nHost: " + host() + "\r\nContent-Length: -1\r\n\r\n",
      "POST /api/trace HTTP/1.1\r\nHost: " + host() + "\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "POST /api/trace HTTP/1.1\r\nHost: " + host() + "\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
      post("/api/trace", std::string(300 * 1024, ' ')),
      "DELETE / HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n\r\n",
      "OPTIONS /api/trace HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n\r\n",
  };
  // All at once, since the server waits seconds for the rest of some of them.
  std::deque<open_request> sent;
  for (const std::string& each : all) sent.emplace_back(port_, each);
  EXPECT_TRUE(still_serves());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const int status = answer_to(sent[i]).status;
    EXPECT_TRUE(status == 0 || (status >= 400 && status < 500)) << all[i].substr(0, 100) << '\n' << status;
  }
  EXPECT_TRUE(still_serves());
}

TEST_F(explorer, keeps_serving_when_a_plugin_crashes) {
  fs::copy_file(fs::path(RAVINE_TEST_OBJECT_DIR) / "hostile.so", folder_ / "hostile.so");
  for (const char* fault : {"segfault", "abort", "exit", "quit", "close_descriptors"}) {
    const http_answer answer =
        trace(std::string(R"({"manifest": "problems: [{use: sphere}]\ntrain: {steps: 5}\noptimizers: )") +
              "[{use: hostile, with: {fault: " + fault + "}}, {use: sgd}]\"}");
    EXPECT_EQ(answer.status, 200) << fault << '\n' << answer.body;
    EXPECT_THAT(answer.body, HasSubstr(R"("status":"completed")")) << fault;
  }
}

TEST_F(explorer, bounds_the_trainings_at_the_same_time) {
  const std::string body =
      R"({"manifest": "problems: [{use: mlp, data: {use: digits}}]\ntrain: {epochs: 200}\noptimizers: [{use: sgd, with: {lr: 0.1}}]"})";
  const open_request first(port_, post("/api/train", body));
  const open_request second(port_, post("/api/train", body));
  ASSERT_TRUE(first.receives("\"event\""));
  ASSERT_TRUE(second.receives("\"event\""));
  EXPECT_EQ(ask(port_, post("/api/train", body)).status, 429);
  EXPECT_TRUE(still_serves());
}

TEST_F(explorer, ends_a_training_whose_page_is_gone) {
  const std::string body =
      R"({"manifest": "problems: [{use: mlp, data: {use: digits}}]\ntrain: {epochs: 200}\noptimizers: [{use: sgd, with: {lr: 0.1}}]"})";
  for (int i = 0; i < 4; ++i) {
    const open_request page(port_, post("/api/train", body));
    ASSERT_TRUE(page.receives("\"event\":\"evaluation\"")) << i;
    page.close();
    // Two at a time are allowed: more than that one after the other only if each of them ends.
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

TEST_F(explorer, ends_at_ctrl_c_with_all_well) {
  server_.send(SIGINT);
  EXPECT_EQ(server_.finish().status, 0);
}

TEST(explorer_usage, refuses_wrong_ports_and_missing_files) {
  const work_folder folder;
  EXPECT_EQ(run_ravine(folder, {"explore", "--no-open", "--port", "70000"}).status, 2);
  EXPECT_EQ(run_ravine(folder, {"explore", "--no-open", "none.db"}).status, 1);
}

}  // namespace
}  // namespace ravine::testing
