#include "unit/data/fetch_support.hpp"
#include "unit/data/http_server.hpp"

#include <gmock/gmock.h>

// Fetching over HTTP, from servers that misbehave.
namespace ravine {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::http_reply;
using testing::http_request;
using testing::http_server;

class fetch_http : public testing::fetch_test {
 protected:
  /// The packed file from a byte on.
  std::string tail(std::size_t from) const {
    return {reinterpret_cast<const char*>(packed.data()) + from, packed.size() - from};
  }
  /// An answer as servers give it that know ranges.
  http_reply answer(const http_request& request) {
    asked.push_back(request);
    const std::size_t from = request.range_from.value_or(0);
    if (from == 0) return {.body = tail(0)};
    if (from >= packed.size()) return {.status = "416 Range Not Satisfiable", .body = "no such range"};
    return {.status = "206 Partial Content",
            .body = tail(from),
            .header = "Content-Range: bytes " + std::to_string(from) + "-" +
                      std::to_string(packed.size() - 1) + "/" + std::to_string(packed.size()) + "\r\n"};
  }
  /// The same, but the connection breaks after `most` bytes.
  http_reply broken_answer(const http_request& request, std::size_t most) {
    http_reply reply = answer(request);
    reply.announced = reply.body.size();
    if (reply.body.size() > most) reply.body.resize(most);
    return reply;
  }
  static http_reply not_found(const http_request&) { return {.status = "404 Not Found", .body = "gone"}; }

  std::vector<http_request> asked;  // by the server's thread, which is at rest between requests
};

TEST_F(fetch_http, brings_a_file) {
  http_server server([&](const http_request& request) { return answer(request); });
  expect_fetched(bring({server.url()})[0]);
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].path, "/numbers.gz");
  EXPECT_FALSE(asked[0].range_from);
}

TEST_F(fetch_http, does_not_take_an_error_page_for_the_file) {
  http_server bad(not_found), good([&](const http_request&request) { return answer(request); });
  const auto files = bring({bad.url(), good.url()});
  expect_fetched(files[0]);
  ASSERT_EQ(files[0].failures.size(), 1U);
  EXPECT_EQ(files[0].failures[0].place, bad.url() + "numbers.gz");
  EXPECT_EQ(files[0].failures[0].reason, "The requested URL returned error: 404");
}

TEST_F(fetch_http, asks_only_for_the_rest_when_a_connection_breaks) {
  http_server server([&](const http_request& request) { return broken_answer(request, 4000); });
  expect_fetched(bring({server.url()})[0]);
  ASSERT_EQ(asked.size(), 3U);
  EXPECT_FALSE(asked[0].range_from);
  EXPECT_EQ(asked[1].range_from, 4000U);
  EXPECT_EQ(asked[2].range_from, 8000U);
}

TEST_F(fetch_http, takes_up_at_another_mirror_what_one_began) {
  http_server first([&](const http_request& request) {
    return request.range_from ? not_found(request) : broken_answer(request, 4000);
  });
  http_server second([&](const http_request& request) { return answer(request); });
  const auto files = bring({first.url(), second.url()});
  expect_fetched(files[0]);
  EXPECT_EQ(asked.back().range_from, 4000U);
  EXPECT_EQ(files[0].failures.at(0).reason, "The requested URL returned error: 404");
}

TEST_F(fetch_http, gives_up_on_a_mirror_that_breaks_off_again_and_again) {
  http_server server([&](const http_request& request) { return broken_answer(request, 10); });
  const auto files = bring({server.url()});
  expect_missing(files[0]);
  EXPECT_EQ(asked.size(), 5U);
  EXPECT_EQ(fs::file_size(folder / "numbers.gz.part"), 50U) << "kept for the next call";
}

TEST_F(fetch_http, begins_anew_with_a_server_that_ignores_ranges) {
  keep_part(4000);
  http_server server([&](const http_request& request) {
    asked.push_back(request);
    return http_reply{.body = tail(0)};
  });
  expect_fetched(bring({server.url()})[0]);
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].range_from, 4000U);
  EXPECT_FALSE(asked[1].range_from);
}

TEST_F(fetch_http, finishes_a_download_that_had_come_whole) {
  keep_part(packed.size());
  http_server server([&](const http_request& request) { return answer(request); });
  expect_fetched(bring({server.url()})[0]);
  EXPECT_EQ(asked.size(), 1U);
}

TEST_F(fetch_http, does_not_wait_for_a_server_that_falls_silent) {
  http_server silent([&](const http_request&) {
    return http_reply{.announced = packed.size(), .then = http_reply::after::stall};
  });
  http_server good([&](const http_request& request) { return answer(request); });
  const auto files = bring({silent.url(), good.url()});
  expect_fetched(files[0]);
  EXPECT_THAT(files[0].failures.at(0).reason, HasSubstr("Operation too slow"));
}

TEST_F(fetch_http, stops_a_server_that_sends_too_much) {
  http_server server([&](const http_request&) { return http_reply{.body = std::string(1'000'000, 'x')}; });
  const auto files = bring({server.url()});
  expect_missing(files[0]);
  EXPECT_EQ(files[0].failures.at(0).reason, "more than 11034 bytes");
  EXPECT_TRUE(names().empty());
}

TEST_F(fetch_http, reports_a_body_that_is_cut_without_a_word) {
  http_server server([&](const http_request&) { return http_reply{.body = tail(0).substr(0, 5000)}; });
  const auto files = bring({server.url()});
  expect_missing(files[0]);
  EXPECT_EQ(files[0].failures.at(0).reason, "content: gzip data is truncated: fetch or copy the file again");
}

TEST_F(fetch_http, follows_a_redirection) {
  http_server server([&](const http_request& request) {
    if (request.path == "/numbers.gz") {
      return http_reply{.status = "302 Found", .header = "Location: /elsewhere.gz\r\n"};
    }
    return answer(request);
  });
  expect_fetched(bring({server.url()})[0]);
  EXPECT_EQ(asked.at(0).path, "/elsewhere.gz");
}

TEST_F(fetch_http, does_not_follow_a_redirection_to_a_local_file) {
  testing::write_file(root / "numbers.gz", packed);
  http_server server([&](const http_request&) {
    return http_reply{.status = "302 Found",
                      .header = "Location: file://" + (root / "numbers.gz").string() + "\r\n"};
  });
  expect_missing(bring({server.url()})[0]);
}

TEST_F(fetch_http, does_not_ask_an_unreachable_mirror_twice) {
  std::string closed;
  {
    const http_server gone(not_found);
    closed = gone.url();
  }
  published.push_back({"letters", 5, "00"});
  const auto files = bring({closed});
  ASSERT_EQ(files.size(), 2U);
  expect_missing(files[0]);
  EXPECT_THAT(files[0].failures.at(0).reason, HasSubstr("Failed to connect to 127.0.0.1"));
  EXPECT_EQ(files[1].failures.at(0).reason, files[0].failures[0].reason);
  for (const progress& each : seen) EXPECT_EQ(each.url, closed + "numbers.gz");
}

}  // namespace
}  // namespace ravine
