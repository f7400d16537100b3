#include "explore/http_server.hpp"

#include "explore/http_connection.hpp"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fcntl.h>

namespace ravine::cli {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t most_connections = 256;
constexpr std::size_t threads = 12;  // more than requests that wait for plugins at the same time
constexpr auto pause_after_failure = std::chrono::milliseconds(50);

/// Programs that are started do not inherit it.
void keep_private(int descriptor) { static_cast<void>(fcntl(descriptor, F_SETFD, FD_CLOEXEC)); }

}  // namespace

std::string http_request::field(const std::string& name) const {
  return header.count(name) == 1 ? header.find(name)->second : std::string();
}

struct http_server::impl {
  void accept();
  void take(tcp::socket socket);
  void close_longest_waiting();

  // Connections in the context refer to the hub: it goes after them.
  http_hub hub;
  asio::io_context context{1};
  tcp::acceptor listener{context};
  asio::steady_timer pause{context};
};

/// Makes room for another.
void http_server::impl::close_longest_waiting() {
  if (!hub.waiting.empty()) hub.waiting.front()->close();
}

void http_server::impl::accept() {
  listener.async_accept([this](boost::system::error_code failure, tcp::socket socket) {
    if (!failure) {
      take(std::move(socket));
      return accept();
    }
    close_longest_waiting();  // there may be no descriptor left
    pause.expires_after(pause_after_failure);
    pause.async_wait([this](boost::system::error_code stopped) {
      if (!stopped) accept();
    });
  });
}

void http_server::impl::take(tcp::socket socket) {
  keep_private(socket.native_handle());
  if (hub.open >= most_connections) close_longest_waiting();
  // Those that were closed a moment ago still count; half as many again are never reached by them alone.
  if (hub.open >= most_connections + most_connections / 2) return;
  std::make_shared<http_connection>(std::move(socket), hub)->read();
}

http_server::http_server(handler answer, refusal refuse, std::map<std::string, std::string> header)
    : impl_(new impl{{std::move(answer), std::move(refuse), std::move(header), std::nullopt}}) {
  impl_->hub.work.emplace(threads);
}

http_server::~http_server() {
  stop();
  impl_->hub.work->stop();
  impl_->hub.work->join();
  impl_->hub.work.reset();  // with it, what it has not come to, which holds connections
}

int http_server::bind(const std::string& host, int port) {
  tcp::resolver resolver(impl_->context);
  const tcp::endpoint address =
      resolver.resolve(host, std::to_string(port), tcp::resolver::passive)->endpoint();
  tcp::acceptor& listener = impl_->listener;
  listener.close();
  listener.open(address.protocol());
  keep_private(listener.native_handle());
  listener.set_option(tcp::acceptor::reuse_address(true));  // after an end, at once again
  listener.bind(address);
  listener.listen();
  return listener.local_endpoint().port();
}

void http_server::serve() {
  impl_->accept();
  impl_->context.run();
}

void http_server::stop() { impl_->context.stop(); }

}  // namespace ravine::cli
