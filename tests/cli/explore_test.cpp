// The explorer's server as a program that means it no good would use it.
#include "http_client.hpp"
#include "program.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <sstream>
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
  explicit explorer(const std::vector<std::string>& more = {}) : server_(folder_, words(more)) {
    if (!server_.says("Ctrl-C stops it")) return;
    const std::string said = server_.err();
    const std::size_t begin = said.find("http://127.0.0.1:") + 17;
    port_ = std::stoi(said.substr(begin));
    const std::string page = ask(port_, get("/")).body;
    const std::string mark = "ravine-token\" content=\"";
    token_ = page.substr(page.find(mark) + mark.size(), 32);
  }

  std::vector<std::string> words(const std::vector<std::string>& more) const {
    std::vector<std::string> all{"explore", "--no-open", "--port", "0", "--plugins", folder_.path()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
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

struct explorer_behind_a_proxy : explorer {
  explorer_behind_a_proxy() : explorer({"--proxy-name", "hub.example.org"}) {}
};

TEST_F(explorer, runs_a_manifest_for_its_own_page) {
  const http_answer answer = trace(good_manifest);
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("status":"completed")"));
}

TEST_F(explorer, answers_to_its_own_name_only) {
  for (const char* name :
       {"evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1.evil.example", "",
        "localhost:", "localhost:80@evil.example", "evil.example:localhost:80", "localhost:123456"}) {
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

// As behind ssh -L 9000:localhost:PORT.
TEST_F(explorer, answers_at_the_other_port_of_a_tunnel) {
  const auto at = [&](const std::string& origin) {
    std::string request = post("/api/trace", good_manifest, "Origin: " + origin + "\r\n");
    request.replace(request.find(host()), host().size(), "localhost:9000");
    return ask(port_, request).status;
  };
  EXPECT_EQ(at("http://localhost:9000"), 200);
  for (const std::string& other :
       {"http://" + host(), std::string("http://localhost:9001"), std::string("http://evil.example:9000"),
        std::string("https://localhost:9000")}) {
    EXPECT_EQ(at(other), 403) << other;
  }
}

TEST_F(explorer_behind_a_proxy, answers_to_the_proxys_name_too) {
  const auto at = [&](const std::string& name, const std::string& origin) {
    std::string request = post("/api/trace", good_manifest, "Origin: " + origin + "\r\n");
    request.replace(request.find(host()), host().size(), name);
    return ask(port_, request).status;
  };
  for (const std::string& origin :
       {std::string("https://hub.example.org"), std::string("http://hub.example.org:8000")}) {
    EXPECT_EQ(at("hub.example.org", origin), 200) << origin;
    EXPECT_EQ(at("hub.example.org:8000", origin), 200) << origin;
    EXPECT_EQ(at(host(), origin), 200) << origin << ": a proxy need not pass its name on";
  }
  for (const std::string& origin :
       {std::string("https://hub.example.org.evil.example"), std::string("https://evil.example"),
        std::string("hub.example.org"), std::string("https://hub.example.org:x")}) {
    EXPECT_EQ(at("hub.example.org", origin), 403) << origin;
  }
  EXPECT_EQ(at("example.org", "https://hub.example.org"), 403);
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

TEST_F(explorer, keeps_the_latest_eight_trainings_and_says_so_of_those_before) {
  const auto train = [&](int number, bool go_on) {
    const std::string body =
        R"({"manifest": "problems: [{use: softmax, data: {use: digits, with: {train: 64, validation: 16, test: 16}}}]\n)"
        R"(train: {epochs: 1}\noptimizers: [{use: sgd}]\n", "training": )" +
        std::to_string(number) + R"(, "go_on": )" + (go_on ? "true}" : "false}");
    return ask(port_, post("/api/train", body));
  };
  const auto is_whole = [](const http_answer& answer) {
    return answer.status == 200 && answer.body.find(R"("event":"done")") != std::string::npos;
  };
  // A stage of which nothing is missing runs nothing.
  const auto is_kept = [&](int number) {
    const http_answer answer = train(number, true);
    return is_whole(answer) && answer.body.find(R"("missing":0)") != std::string::npos;
  };
  const auto complaint = HasSubstr("this training is not kept any more, as the latest 8 are; begin it again");
  for (int number = 1; number <= 8; ++number) ASSERT_TRUE(is_whole(train(number, false))) << number;
  EXPECT_TRUE(is_kept(1)) << "and used later than the second";
  ASSERT_TRUE(is_whole(train(9, false)));
  EXPECT_TRUE(is_kept(1));
  EXPECT_TRUE(is_kept(9));
  const http_answer dropped = train(2, true);
  EXPECT_EQ(dropped.status, 400);
  EXPECT_THAT(dropped.body, complaint);
  EXPECT_TRUE(is_whole(train(2, false))) << "it begins again";
  EXPECT_EQ(train(12345, true).status, 400) << "of which nobody has heard";
}

/// The body in pieces of that many bytes.
std::string chunked(const std::string& body, std::size_t piece) {
  std::ostringstream pieces;
  for (std::size_t begin = 0; begin < body.size(); begin += piece) {
    const std::string each = body.substr(begin, piece);
    pieces << std::hex << each.size() << "\r\n" << each << "\r\n";
  }
  return pieces.str() + "0\r\n\r\n";
}

TEST_F(explorer, bounds_bodies_however_they_are_sent) {
  const std::string head = "POST /api/trace HTTP/1.1\r\nHost: " + host() +
                           "\r\nConnection: close\r\nX-Ravine-Token: " + token_ +
                           "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(ask(port_, head + chunked(good_manifest, 10)).status, 200);
  for (const std::size_t piece : {1000UL, 1UL << 20U}) {
    const http_answer answer = ask(port_, head + chunked(std::string(4UL << 20U, ' '), piece));
    EXPECT_EQ(answer.status, 413) << piece;
    EXPECT_THAT(answer.body, HasSubstr("larger than 256 KiB")) << piece;
  }
  EXPECT_EQ(ask(port_, post("/api/trace", std::string(300UL * 1024, ' '))).status, 413);
  EXPECT_EQ(ask(port_, "GET / HTTP/1.1\r\nHost: " + host() + "\r\nA: " + std::string(1UL << 20U, 'a')).status,
            431);
}

TEST_F(explorer, is_not_held_up_by_silent_and_slow_connections) {
  using clock = std::chrono::steady_clock;
  const auto seconds_of_two_requests = [&] {
    const auto began = clock::now();
    EXPECT_TRUE(still_serves());
    EXPECT_EQ(ask(port_, get("/explore.js")).status, 200);
    return std::chrono::duration<double>(clock::now() - began).count();
  };
  const double alone = seconds_of_two_requests();
  std::deque<open_request> idle;
  for (int i = 0; i < 600; ++i) idle.emplace_back(port_, i % 2 == 0 ? "" : "GET / HTTP/1.1\r\nHos");
  EXPECT_LT(seconds_of_two_requests(), alone + 3) << "the server waits 5 seconds for each of them";
  EXPECT_EQ(idle.front().rest(), "") << "the oldest have made room";
}

TEST_F(explorer, keeps_one_connection_for_several_requests) {
  const std::string page = "GET /style.css HTTP/1.1\r\nHost: " + host() + "\r\n\r\n";
  const std::string all = open_request(port_, page + page + get("/")).rest();
  std::size_t answers = 0;
  for (std::size_t at = all.find("HTTP/1.1 200"); at != std::string::npos;
       at = all.find("HTTP/1.1 200", at + 1))
    ++answers;
  EXPECT_EQ(answers, 3);
  EXPECT_THAT(all, HasSubstr("ravine-token"));
}

TEST_F(explorer, tells_head_what_get_would_be) {
  const http_answer answer =
      ask(port_, "HEAD /style.css HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.head, HasSubstr("Content-Length: "));
  EXPECT_EQ(answer.body, "");
}

/// Ends the processes whose parent that process is; how many.
int end_children(pid_t parent) {
  int ended = 0;
  for (const fs::directory_entry& thread :
       fs::directory_iterator("/proc/" + std::to_string(parent) + "/task")) {
    std::ifstream children(thread.path() / "children");
    for (pid_t each = 0; children >> each; ++ended) kill(each, SIGKILL);
  }
  return ended;
}

TEST_F(explorer, starts_an_idle_helper_again_that_was_ended) {
  ASSERT_TRUE(still_serves());
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(end_children(server_.id()), 1);
    const http_answer answer = trace(good_manifest);
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
}

TEST_F(explorer, ends_at_once_whatever_is_in_progress) {
  fs::copy_file(fs::path(RAVINE_TEST_OBJECT_DIR) / "hostile.so", folder_ / "hostile.so");
  const open_request silent(port_, "");
  const open_request training(
      port_,
      post(
          "/api/train",
          R"({"manifest": "problems: [{use: mlp, data: {use: digits}}]\ntrain: {epochs: 200}\noptimizers: [{use: sgd, with: {lr: 0.1}}]"})"));
  ASSERT_TRUE(training.receives("\"event\""));
  const open_request hanging(
      port_,
      post(
          "/api/trace",
          R"({"manifest": "problems: [{use: sphere}]\ntrain: {steps: 5}\noptimizers: [{use: hostile, with: {fault: loop}}]"})"));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));  // its helper is starting, or at work
  const auto began = std::chrono::steady_clock::now();
  server_.send(SIGTERM);
  EXPECT_EQ(server_.finish().status, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
}

TEST_F(explorer, ends_at_ctrl_c_and_when_its_terminal_hangs_up) {
  const auto began = std::chrono::steady_clock::now();
  server_.send(SIGINT);
  EXPECT_EQ(server_.finish().status, 0);
  program other(folder_, {"explore", "--no-open", "--port", "0"});
  ASSERT_TRUE(other.says("Ctrl-C stops it"));
  other.send(SIGHUP);
  EXPECT_EQ(other.finish().status, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(4));
}

TEST(explorer_usage, refuses_wrong_ports_and_missing_files) {
  const work_folder folder;
  EXPECT_EQ(run_ravine(folder, {"explore", "--no-open", "--port", "70000"}).status, 2);
  EXPECT_EQ(run_ravine(folder, {"explore", "--no-open", "none.db"}).status, 1);
}

}  // namespace
}  // namespace ravine::testing
