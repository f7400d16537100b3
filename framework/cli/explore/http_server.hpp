#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace ravine::cli {

/// A request that has come in whole.
struct http_request {
  std::string method;
  std::string path;                                ///< without what follows a "?"
  std::multimap<std::string, std::string> header;  ///< names in lower case
  std::string body;

  /// The field's value; "" if it is not there, or more than once.
  std::string field(const std::string& name) const;
};

/// Takes events from any thread, and writes them as fast as the client reads.
class event_stream {
 public:
  virtual ~event_stream() = default;
  /// False if nobody listens any more.
  virtual bool put(std::string text) = 0;
};

struct http_answer {
  unsigned status = 200;
  std::string type;  ///< Content-Type
  std::string body;
  std::string_view page = {};  ///< the body instead, if it lives as long as the server
  std::string etag = {};
  /// Writes the body instead, while the client reads. May wait.
  std::function<void(event_stream&)> stream = nullptr;
};

/// Serves HTTP/1.1 to clients that mean it no good as well: one thread reads and writes for all connections,
/// so that a slow or silent one holds up nobody; requests and connections are bounded in size, number and
/// time, and where there are too many connections the one that has been waited for longest is closed.
class http_server {
 public:
  /// Called from several threads, for one request each; may wait.
  using handler = std::function<http_answer(const http_request&)>;
  /// The answer to what is no good request: with the status, and why.
  using refusal = std::function<http_answer(unsigned status, std::string_view why)>;

  static constexpr std::size_t largest_body = 256UL * 1024;

  /// `header` is part of every answer.
  http_server(handler answer, refusal refuse, std::map<std::string, std::string> header);
  /// Waits for the calls of the handler that are in progress.
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Takes the port, any that is free for 0, and answers which. Throws std::exception if it can't be had.
  int bind(const std::string& host, int port);
  /// Serves until stop() is called from another thread, which ends it at once.
  void serve();
  void stop();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace ravine::cli
