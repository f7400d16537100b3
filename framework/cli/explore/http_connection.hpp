#pragma once

#include "explore/http_server.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

namespace ravine::cli {

class http_connection;

/// What all connections of a server share. Only the thread that reads and writes touches what changes.
struct http_hub {
  http_server::handler answer;
  http_server::refusal refuse;
  std::map<std::string, std::string> default_header;
  std::optional<boost::asio::thread_pool> work;  ///< calls of `answer`
  std::size_t open = 0;                          ///< connections
  /// Those that wait for their client to send or to read, the longest waiting first.
  std::list<http_connection*> waiting = {};
};

/// One client. Keeps itself alive as long as there is something to wait for; belongs to the thread that reads
/// and writes.
class http_connection : public std::enable_shared_from_this<http_connection> {
 public:
  http_connection(boost::asio::ip::tcp::socket socket, http_hub& hub);
  ~http_connection();
  http_connection(const http_connection&) = delete;
  http_connection& operator=(const http_connection&) = delete;

  void read();
  void close();

 private:
  class stream;
  using error_code = boost::beast::error_code;

  void wait_for_client(std::chrono::seconds limit);
  void stop_waiting();
  void on_request(error_code failure);
  void refuse(unsigned status, std::string_view why);
  http_request taken_request();
  void write(http_answer answer);
  void on_written(error_code failure);
  void begin_stream();
  void write_event(std::string text);
  void write_next();
  void end_stream();
  void drain();

  http_hub& hub_;
  boost::beast::tcp_stream socket_;
  boost::beast::flat_buffer received_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  bool keeps_alive_ = false;
  bool without_body_ = false;  // the answer to HEAD
  std::optional<std::list<http_connection*>::iterator> waits_;

  http_answer answer_;
  std::optional<boost::beast::http::response<boost::beast::http::span_body<const char>>> response_;
  std::optional<boost::beast::http::response_serializer<boost::beast::http::span_body<const char>>>
      serializer_;

  // Of a stream: events on their way, the first of which is being written.
  std::deque<std::string> events_;
  std::atomic<std::size_t> unwritten_{0};  // bytes
  std::atomic<bool> is_open_{true};
  bool is_complete_ = false;
};

}  // namespace ravine::cli
