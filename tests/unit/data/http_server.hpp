#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

namespace ravine::testing {

struct http_request {
  std::string path;                         ///< "/file.gz"
  std::optional<std::size_t> range_from{};  ///< of Range: bytes=N-
};

struct http_reply {
  enum class after { close, stall };

  std::string status = "200 OK";
  std::string body{};
  std::optional<std::size_t> announced{};  ///< Content-Length, if it is not the body's
  std::string header{};                    ///< further lines, each ending with \r\n
  after then = after::close;               ///< stall: say nothing more, but keep the connection
};

/// A server of HTTP/1.1 on 127.0.0.1 that answers as the test says, one request per connection.
class http_server {
 public:
  /// `answer` is called in the server's thread.
  explicit http_server(std::function<http_reply(const http_request&)> answer)
      : answer_(std::move(answer)),
        acceptor_(context_, {boost::asio::ip::address_v4::loopback(), 0}),
        port_(acceptor_.local_endpoint().port()),
        thread_([this] {
          accept();
          context_.run();
        }) {}
  ~http_server() {
    context_.stop();
    thread_.join();
  }
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// "http://127.0.0.1:PORT/"
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  using tcp = boost::asio::ip::tcp;

  void accept() {
    acceptor_.async_accept([this](boost::system::error_code fault, tcp::socket socket) {
      if (fault) return;
      serve(std::move(socket));
      accept();
    });
  }

  void serve(tcp::socket socket) {
    boost::system::error_code fault;
    std::string head;
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(head), "\r\n\r\n", fault);
    if (fault) return;
    const http_reply reply = answer_(parsed(head));
    const std::string text = "HTTP/1.1 " + reply.status + "\r\nContent-Length: " +
                             std::to_string(reply.announced.value_or(reply.body.size())) +
                             "\r\nConnection: close\r\n" + reply.header + "\r\n" + reply.body;
    boost::asio::write(socket, boost::asio::buffer(text), fault);  // a client may hang up: its right
    if (reply.then == http_reply::after::stall) stalled_.push_back(std::move(socket));
  }

  static http_request parsed(const std::string& head) {
    http_request request;
    const std::size_t path = head.find(' ') + 1;
    request.path = head.substr(path, head.find(' ', path) - path);
    const std::string range = "Range: bytes=";
    if (const std::size_t at = head.find(range); at != std::string::npos) {
      request.range_from = std::stoul(head.substr(at + range.size()));
    }
    return request;
  }

  std::function<http_reply(const http_request&)> answer_;
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_;
  std::list<boost::asio::ip::tcp::socket> stalled_;
  std::thread thread_;
};

}  // namespace ravine::testing
