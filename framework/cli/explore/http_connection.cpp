#include "explore/http_connection.hpp"

#include <cctype>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace ravine::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using std::chrono::seconds;

constexpr std::uint32_t largest_header = 16U * 1024;
constexpr std::size_t most_unwritten = std::size_t{4}
                                       << 20U;  // bytes of events that a slow client has not read
constexpr seconds to_send{5};                   // a request, all of it
constexpr seconds to_receive{60};               // an answer, the largest of which is megabytes
constexpr seconds to_see_refusal{2};

/// Status and reason of a request that can't be read; 0 if there is nobody to tell.
std::pair<unsigned, std::string_view> fault_of(beast::error_code failure) {
  if (failure == http::error::body_limit) return {413, "the request is larger than 256 KiB"};
  if (failure == http::error::header_limit) return {431, "the request's header is larger than 16 KiB"};
  const bool malformed = failure.category() == make_error_code(http::error::bad_version).category() &&
                         failure != http::error::end_of_stream && failure != http::error::partial_message;
  if (malformed) return {400, "the request is not HTTP/1.1"};
  return {0, ""};
}

std::string lower_case(beast::string_view text) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

}  // namespace

/// Hands events over to the thread that writes.
class http_connection::stream : public event_stream {
 public:
  explicit stream(http_connection& to) : to_(to) {}
  bool put(std::string text) override {
    if (!to_.is_open_) return false;
    to_.unwritten_ += text.size();
    if (to_.unwritten_ > most_unwritten) return false;
    asio::post(to_.socket_.get_executor(), [to = to_.shared_from_this(), text = std::move(text)]() mutable {
      to->write_event(std::move(text));
    });
    return true;
  }

 private:
  http_connection& to_;
};

http_connection::http_connection(asio::ip::tcp::socket socket, http_hub& hub)
    : hub_(hub), socket_(std::move(socket)) {
  ++hub_.open;
}

http_connection::~http_connection() {
  stop_waiting();
  --hub_.open;
}

void http_connection::close() {
  is_open_ = false;
  stop_waiting();
  socket_.close();
}

void http_connection::wait_for_client(seconds limit) {
  stop_waiting();
  waits_ = hub_.waiting.insert(hub_.waiting.end(), this);
  socket_.expires_after(limit);  // for all of what follows, not for each byte
}

void http_connection::stop_waiting() {
  if (waits_) hub_.waiting.erase(*std::exchange(waits_, std::nullopt));
}

void http_connection::read() {
  parser_.emplace();
  parser_->header_limit(largest_header);
  parser_->body_limit(http_server::largest_body);  // of chunked bodies too
  wait_for_client(to_send);
  http::async_read(
      socket_, received_, *parser_,
      [self = shared_from_this()](error_code failure, std::size_t) { self->on_request(failure); });
}

void http_connection::on_request(error_code failure) {
  stop_waiting();
  if (failure) {
    const auto [status, why] = fault_of(failure);
    return status != 0 ? refuse(status, why) : close();
  }
  keeps_alive_ = parser_->get().keep_alive();
  without_body_ = parser_->get().method() == http::verb::head;
  socket_.expires_never();  // its own work
  // The last hold on this object goes back to the thread that it belongs to.
  asio::post(*hub_.work, [self = shared_from_this(), request = taken_request()]() mutable {
    http_answer answer = self->hub_.answer(request);
    const auto executor = self->socket_.get_executor();
    const auto body = answer.stream;
    asio::post(executor, [self, answer = std::move(answer)]() mutable { self->write(std::move(answer)); });
    if (body) {
      stream events(*self);
      body(events);
    }
    asio::post(executor, [self = std::move(self), streamed = body != nullptr] {
      if (streamed) self->end_stream();
    });
  });
}

/// What else the client sends is not looked at.
void http_connection::refuse(unsigned status, std::string_view why) {
  keeps_alive_ = false;
  write(hub_.refuse(status, why));
}

http_request http_connection::taken_request() {
  auto message = parser_->release();
  http_request request{
      std::string(message.method_string()), std::string(message.target()), {}, std::move(message.body())};
  request.path.resize(std::min(request.path.find('?'), request.path.size()));
  for (const auto& field : message)
    request.header.emplace(lower_case(field.name_string()), std::string(field.value()));
  return request;
}

void http_connection::write(http_answer answer) {
  answer_ = std::move(answer);
  const std::string_view body = answer_.page.empty() ? std::string_view(answer_.body) : answer_.page;
  response_.emplace();
  response_->version(11);
  response_->result(answer_.status);
  for (const auto& [name, value] : hub_.default_header) response_->set(name, value);
  if (!answer_.type.empty()) response_->set(http::field::content_type, answer_.type);
  if (!answer_.etag.empty()) response_->set(http::field::etag, answer_.etag);
  response_->keep_alive(keeps_alive_);
  wait_for_client(to_receive);
  if (answer_.stream) {
    keeps_alive_ = false;
    response_->keep_alive(false);
    response_->chunked(true);
    return begin_stream();
  }
  response_->body() = {body.data(), body.size()};
  if (answer_.status != 304) response_->content_length(body.size());
  serializer_.emplace(*response_);
  const auto done = [self = shared_from_this()](error_code failure, std::size_t) {
    self->on_written(failure);
  };
  if (without_body_ || answer_.status == 304) {
    serializer_->split(true);
    http::async_write_header(socket_, *serializer_, done);
  } else {
    http::async_write(socket_, *serializer_, done);
  }
}

void http_connection::on_written(error_code failure) {
  stop_waiting();
  if (failure) return close();
  if (keeps_alive_) return read();
  error_code ignored;
  socket_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  wait_for_client(to_see_refusal);
  drain();
}

/// Closed with unread input, a connection is reset, and the client may never see its answer.
void http_connection::drain() {
  received_.clear();
  socket_.async_read_some(received_.prepare(largest_header),
                          [self = shared_from_this()](error_code failure, std::size_t) {
                            failure ? self->close() : self->drain();
                          });
}

void http_connection::begin_stream() {
  serializer_.emplace(*response_);
  serializer_->split(true);
  events_.emplace_front();  // the header, which nothing may overtake
  http::async_write_header(socket_, *serializer_,
                           [self = shared_from_this()](error_code failure, std::size_t) {
                             if (failure) return self->close();
                             self->events_.pop_front();
                             self->write_next();
                           });
}

void http_connection::write_event(std::string text) {
  events_.push_back(std::move(text));
  if (events_.size() == 1) write_next();
}

void http_connection::end_stream() {
  is_complete_ = true;
  if (events_.empty()) write_next();
}

/// Writes the first event in line, or the end of the stream.
void http_connection::write_next() {
  if (!is_open_ || (events_.empty() && !is_complete_)) return stop_waiting();
  wait_for_client(to_receive);
  if (events_.empty()) {
    asio::async_write(
        socket_, http::make_chunk_last(),
        [self = shared_from_this()](error_code failure, std::size_t) { self->on_written(failure); });
    return;
  }
  asio::async_write(socket_, http::make_chunk(asio::buffer(events_.front())),
                    [self = shared_from_this()](error_code failure, std::size_t) {
                      if (failure) return self->close();
                      self->unwritten_ -= self->events_.front().size();
                      self->events_.pop_front();
                      self->write_next();
                    });
}

}  // namespace ravine::cli
