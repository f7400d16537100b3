#include "http_client.hpp"

#include <array>
#include <cstdlib>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace ravine::testing {
namespace {

/// The next bytes; empty at the end.
std::string read_some(int descriptor) {
  std::array<char, 4096> buffer{};
  const ssize_t count = recv(descriptor, buffer.data(), buffer.size(), 0);
  return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
}

}  // namespace

open_request::open_request(int port, const std::string& bytes)
    : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval patience{15, 0};  // the server's own is 5 seconds
  setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) break;  // it may refuse before it has read all
    sent += static_cast<std::size_t>(count);
  }
}

open_request::~open_request() { close(); }

void open_request::close() const {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

bool open_request::receives(const std::string& text) const {
  std::string all;
  while (all.find(text) == std::string::npos) {
    const std::string more = read_some(descriptor_);
    if (more.empty()) return false;
    all += more;
  }
  return true;
}

std::string open_request::rest() const {
  std::string all;
  for (std::string more = read_some(descriptor_); !more.empty(); more = read_some(descriptor_)) all += more;
  return all;
}

http_answer ask(int port, const std::string& bytes) { return answer_to(open_request(port, bytes)); }

http_answer answer_to(const open_request& request) {
  const std::string all = request.rest();
  http_answer answer;
  if (all.rfind("HTTP/1.1 ", 0) != 0) return answer;
  answer.status = std::atoi(all.c_str() + 9);
  const std::size_t end = all.find("\r\n\r\n");
  answer.head = all.substr(0, end);
  if (end != std::string::npos) answer.body = all.substr(end + 4);
  return answer;
}

}  // namespace ravine::testing
