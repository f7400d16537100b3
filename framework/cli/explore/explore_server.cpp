#include "explore/explore_server.hpp"

#include "core/error.hpp"
#include "explore/jobs.hpp"
#include "explore/web_assets.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <openssl/rand.h>

namespace ravine::cli {
namespace {

using json = nlohmann::json;
using httplib::Request;
using httplib::Response;

constexpr std::size_t largest_request = 256UL * 1024;
constexpr std::size_t threads = 8;

// httplib compresses what has one of the bare types, with Brotli at its slowest: seconds for a page that
// never leaves the machine. With a charset it is left alone.
constexpr const char* json_type = "application/json; charset=utf-8";
constexpr const char* script_type = "application/javascript; charset=utf-8";

/// 128 bits, in hexadecimal, that no page can guess. Throws ravine::error if the system gives none.
std::string new_token() {
  std::array<unsigned char, 16> bits{};
  if (RAND_bytes(bits.data(), static_cast<int>(bits.size())) != 1) {
    throw error("the system gives no random bits for the page's token");
  }
  std::string token;
  for (const unsigned char byte : bits) token += fmt::format("{:02x}", byte);
  return token;
}

void answer_json(Response& response, const std::string& text) { response.set_content(text, json_type); }

void refuse(Response& response, int status, const std::string& message) {
  response.status = status;
  answer_json(response, json{{"error", message}}.dump(-1, ' ', false, json::error_handler_t::replace));
}

/// Runs `body`; what it throws becomes a status and a message.
template <class Body>
void answering(Response& response, const Body& body) {
  try {
    body();
  } catch (const request_error& problem) {
    refuse(response, 400, problem.what());
  } catch (const busy_error& problem) {
    refuse(response, 429, problem.what());
  } catch (const std::exception& problem) {
    refuse(response, 500, problem.what());
  }
}

/// The body as a JSON object, or request_error.
json object_of(const Request& request) {
  json found = json::parse(request.body, nullptr, false);
  if (found.is_discarded()) throw request_error("the request's body is not JSON");
  if (!found.is_object()) throw request_error("the request's body is JSON, but not an object");
  return found;
}

std::string page_of(const std::string& token) {
  return fmt::format(
      R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="ravine-token" content="{}">
<title>Ravine</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<noscript>The explorer needs JavaScript. ravine trace and ravine compare do the same in a terminal.</noscript>
<main id="page" aria-busy="true"></main>
<script src="/plots.js" defer></script>
<script src="/explore.js" defer></script>
</body>
</html>
)",
      token);
}

}  // namespace

struct explore_server::impl {
  impl(explore_service& given, const listen_address& wanted) : service(given), address(wanted) {}

  void set_up();
  void check(const Request& request, Response& response, bool& refused) const;
  void add_pages();
  void add_requests();
  void train(const Request& request, Response& response);

  explore_service& service;
  listen_address address;
  std::string token = new_token();
  std::set<std::string> hosts;  // that a request may name
  httplib::Server server;
};

void explore_server::impl::set_up() {
  // httplib owns what it is given.
  server.new_task_queue = [] {
    return new httplib::ThreadPool(threads);  // NOLINT(cppcoreguidelines-owning-memory)
  };
  server.set_payload_max_length(largest_request);
  server.set_read_timeout(std::chrono::seconds(5));
  server.set_write_timeout(std::chrono::seconds(10));
  server.set_keep_alive_max_count(1000);
  server.set_default_headers({
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
       "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cache-Control", "no-store"},
  });
  server.set_pre_routing_handler([this](const Request& request, Response& response) {
    bool refused = false;
    check(request, response, refused);
    return refused ? httplib::Server::HandlerResponse::Handled : httplib::Server::HandlerResponse::Unhandled;
  });
  server.set_error_handler([](const Request&, Response& response) {
    if (response.body.empty()) {
      refuse(response, response.status,
             response.status == 413 ? "the request is larger than 256 KiB"
                                    : "there is nothing of that name here");
    }
  });
  add_pages();
  add_requests();
}

/// Who asks, before what is asked.
void explore_server::impl::check(const Request& request, Response& response, bool& refused) const {
  const auto no = [&](int status, const char* message) {
    refuse(response, status, message);
    refused = true;
  };
  if (!hosts.contains(request.get_header_value("Host"))) {
    return no(403, "this server answers only to the address that it printed when it started");
  }
  if (request.has_header("Origin")) {
    const std::string origin = request.get_header_value("Origin");
    const bool own = std::ranges::any_of(hosts, [&](const auto& host) { return origin == "http://" + host; });
    if (!own) return no(403, "pages of other origins get nothing here");
  }
  if (request.method == "GET" || request.method == "HEAD") return;
  if (request.method != "POST") return no(405, "only GET and POST are known here");
  if (request.get_header_value("X-Ravine-Token") != token) {
    return no(403, "the token is missing or old: load the page again");
  }
  if (request.get_header_value("Content-Type").rfind("application/json", 0) != 0) {
    return no(415, "expected Content-Type: application/json");
  }
}

void explore_server::impl::add_pages() {
  const web_assets assets = bundled_assets();
  const auto add = [this](const char* path, std::string_view text, const char* type) {
    server.Get(path, [text, type](const Request&, Response& response) {
      response.set_content(text.data(), text.size(), type);
    });
  };
  add("/plots.js", assets.plots, script_type);
  add("/explore.js", assets.explore, script_type);
  add("/style.css", assets.style, "text/css; charset=utf-8");
  server.Get("/", [page = page_of(token)](const Request&, Response& response) {
    response.set_content(page, "text/html; charset=utf-8");
  });
}

void explore_server::impl::add_requests() {
  server.Get("/api/plugins", [this](const Request&, Response& response) {
    answering(response, [&] { answer_json(response, service.catalog()); });
  });
  server.Get("/api/results", [this](const Request& request, Response& response) {
    answering(response, [&] {
      if (!service.has_results()) return answer_json(response, "null");
      const std::string version =
          fmt::format("\"{:x}\"", std::hash<std::string>{}(service.results_version()));
      response.set_header("ETag", version);
      if (request.get_header_value("If-None-Match") == version) {
        response.status = 304;
      } else {
        answer_json(response, service.results());
      }
    });
  });
  server.Post("/api/trace", [this](const Request& request, Response& response) {
    answering(response, [&] { answer_json(response, service.trace(object_of(request))); });
  });
  server.Post("/api/train", [this](const Request& request, Response& response) {
    answering(response, [&] { train(request, response); });
  });
}

/// Server-sent events until the training ends; when the page goes away, so does the training.
void explore_server::impl::train(const Request& request, Response& response) {
  auto running = std::make_shared<explore_service::training>(service, object_of(request));
  response.set_chunked_content_provider("text/event-stream", [running](std::size_t, httplib::DataSink& sink) {
    constexpr double patience = 0.25;  // seconds between two looks at whether anyone listens
    std::string event;
    switch (running->next(event, patience)) {
      case explore_service::training::reading::event: {
        const std::string text = "data: " + event + "\n\n";
        return sink.write(text.data(), text.size());
      }
      case explore_service::training::reading::nothing_yet: {
        constexpr std::string_view comment = ":\n\n";
        return sink.is_writable() && sink.write(comment.data(), comment.size());
      }
      case explore_service::training::reading::ended:
        sink.done();
    }
    return true;
  });
}

explore_server::explore_server(explore_service& service, const listen_address& wanted)
    : impl_(std::make_unique<impl>(service, wanted)) {
  impl_->set_up();
}

explore_server::~explore_server() = default;

void explore_server::bind() {
  listen_address& at = impl_->address;
  if (at.port == 0) {
    at.port = impl_->server.bind_to_any_port(at.host);
  } else if (!impl_->server.bind_to_port(at.host, at.port)) {
    at.port = -1;
  }
  if (at.port <= 0) {
    throw error(fmt::format(
        "{} can't be listened on: is it an address of this machine, and the port not taken? --port 0 "
        "takes any free one",
        at.host));
  }
  for (const std::string& name : {at.host, std::string("localhost"), std::string("127.0.0.1")}) {
    impl_->hosts.insert(fmt::format("{}:{}", name, at.port));
    impl_->hosts.insert(fmt::format("[{}]:{}", name, at.port));
    if (at.port == 80) impl_->hosts.insert(name);
  }
}

std::string explore_server::url() const {
  const listen_address& at = impl_->address;
  const bool is_ipv6 = at.host.find(':') != std::string::npos;
  return fmt::format("http://{}:{}/", is_ipv6 ? "[" + at.host + "]" : at.host, at.port);
}

void explore_server::serve() { impl_->server.listen_after_bind(); }

void explore_server::stop() { impl_->server.stop(); }

}  // namespace ravine::cli
