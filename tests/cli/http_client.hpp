#pragma once

#include <string>

namespace ravine::testing {

/// What a server answered; status 0 if it answered no HTTP.
struct http_answer {
  int status = 0;
  std::string head;  ///< status line and headers
  std::string body;
};

/// A connection to 127.0.0.1 over which any bytes were sent, HTTP or not.
class open_request {
 public:
  open_request(int port, const std::string& bytes);
  ~open_request();
  open_request(const open_request&) = delete;
  open_request& operator=(const open_request&) = delete;

  /// Waits until what has come contains `text`: false if the end, or half a minute, comes before.
  bool receives(const std::string& text) const;
  /// All that comes until the server closes, or is silent for 15 seconds.
  std::string rest() const;
  void close() const;

 private:
  mutable int descriptor_;
};

/// The rest of what comes, read as HTTP.
http_answer answer_to(const open_request& request);
/// Sends the bytes and reads the answer.
http_answer ask(int port, const std::string& bytes);

}  // namespace ravine::testing
